// manual - On a kernel with SO_DEVMEM_AUTORELEASE: manual mode equals the workload's statement, and option 1 is as without it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Level } from "../../../collector/events/event.ts";
import type { Report, ReportSocket } from "../../../collector/report/shape.ts";
import type { Statement } from "../../receive/session/statement.ts";
import { notWithoutAll } from "../lib/choices.ts";
import { differences, earlierDifferences, sampledDifferences } from "../lib/compare.ts";
import { type E2eJob, earlierJob, manualJobs, optionOneJobs } from "../lib/jobs.ts";
import { agreesWithKernel, sampledCostsNothing } from "../lib/kernel-agreement.ts";
import { commandOf, type Outcome, outcomeOf, type Scenarios, socketsOf } from "../lib/outcome.ts";
import { recordingAgrees } from "../lib/recording-agrees.ts";
import { type Suite, whenRead } from "../lib/suite.ts";

const SINGLE_TOKENS = [
  "23 kept",
  "61 kept, several to a page",
  "61 kept, 38 returned through a second socket",
];

/** Both modes, and each way in which a socket's counter is not what it holds. */
const SAMPLED = [
  "23 kept",
  "61 kept, 38 returned through a second socket",
  "unbound while both hold",
  "killed while holding",
  "switched to manual, 23 kept",
  "option 1, 23 kept",
];

const named = (names: string[]): E2eJob[] => manualJobs().filter(({ name }) => names.includes(name));

/** All jobs at level counts; single tokens at level tokens; beside a tracer at level sampled. */
export const MANUAL: Suite[] = [
  manual({
    name: "manual counts",
    level: "counts",
    jobs: [...optionOneJobs(), ...manualJobs()],
    earlier: earlierJob(),
  }),
  manual({ name: "manual tokens", level: "tokens", jobs: named(SINGLE_TOKENS) }),
  // Two tracers in a kernel that is emulated: a third of this guest's time.
  {
    ...manual({ name: "manual sampled", level: "counts", jobs: named(SAMPLED), sampled: true }),
    skip: notWithoutAll,
  },
];

function manual(given: Scenarios): Suite {
  return { ...commandOf(given), tests: (output) => manualTests(given, output) };
}

function manualTests({ level, jobs, earlier, sampled }: Scenarios, output: () => Promise<string>): void {
  const seen = whenRead(output, outcomeOf);
  if (earlier)
    test(earlier.name, () =>
      assert.deepEqual(earlierDifferences(statementOf(seen(), earlier), seen().report), []),
    );
  for (const job of jobs) test(job.name, () => agrees(seen(), level, job));
  test("the recording says the same, and never more where it is cut", () => recordingAgrees(seen()));
  test("nothing was lost, and the run is a leak on a kernel with the option", () => isLeak(seen().report));
  agreesWithKernel(seen);
  if (sampled) sampledCostsNothing(seen);
}

function agrees(outcome: Outcome, level: Level, job: E2eJob): void {
  const statement = statementOf(outcome, job);
  assert.deepEqual(differences(statement, outcome.report), []);
  if (level === "tokens") pagesOneByOne(socketsOf(outcome.report, statement), statement);
  if (outcome.sampled) assert.deepEqual(sampledDifferences(statement, outcome.sampled.report), []);
}

function statementOf({ statements }: Outcome, { name }: E2eJob): Statement {
  return statements.find((one) => one.name === name) ?? assert.fail("the workload made no statement");
}

function isLeak({ lost, verdict, kernel }: Report): void {
  assert.deepEqual([lost, verdict, kernel.variant], [0, "leak", "sockopt"]);
}

/** The tokens held at close are on as many pages as the workload says. */
function pagesOneByOne(sockets: ReportSocket[], statement: Statement): void {
  for (const s of sockets) {
    const stated = statement.sockets.find(({ remote }) => remote === s.remote);
    assert.equal(s.leaked.length, stated?.heldAtClose);
    assert.equal(new Set(s.leaked.map((token) => token.token)).size, stated?.pagesAtClose);
    assert.ok(s.leaked.every(({ token, offset }) => token === Math.floor(offset / 4096)));
    assert.ok(
      s.leaked.every((token) => token.stack !== ""),
      "a token has no stack",
    );
  }
}
