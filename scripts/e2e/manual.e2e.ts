// manual - On a kernel with SO_DEVMEM_AUTORELEASE: manual mode equals the workload's statement, and option 1 is as it ever was.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Level } from "../../collector/events/event.ts";
import type { ReportSocket } from "../../collector/report/report.ts";
import type { Statement } from "../receive/session/statement.ts";
import { saysTheSame } from "./afterwards.ts";
import { differences, earlierDifferences, sampledDifferences } from "./compare.ts";
import { type E2eJob, earlierJob, manualJobs, optionOneJobs } from "./jobs.ts";
import { type Outcome, runGuest, socketsOf } from "./outcome.ts";
import { MANUAL_GUESTS } from "./testbed.ts";
import { agreesWithKernel, costsNothing } from "./trust.ts";

const SINGLE_TOKENS = [
  "23 kept",
  "61 kept, several to a page",
  "61 kept, 38 returned through a second socket",
];

/** Both modes, and each way a socket's counter is not what it holds. */
const SAMPLED = [
  "23 kept",
  "61 kept, 38 returned through a second socket",
  "unbound while both hold",
  "killed while holding",
  "switched to manual, 23 kept",
  "option 1, 23 kept",
];

const manualNamed = (names: string[]) => manualJobs().filter((job) => names.includes(job.name));

for (const guest of MANUAL_GUESTS) {
  scenarios(guest, "counts", [...optionOneJobs(), ...manualJobs()], earlierJob());
  scenarios(guest, "tokens", manualNamed(SINGLE_TOKENS));
  scenarios(guest, "counts", manualNamed(SAMPLED));
}

function scenarios(guest: string, level: Level, list: E2eJob[], earlier?: E2eJob): void {
  const two = level === "counts" && !earlier;
  describe(`${guest}, level ${level}${two ? ", a second tracer at level sampled" : ""}`, () => {
    let outcome: Outcome;
    before(async () => {
      outcome = await runGuest(guest, level, list, earlier);
    });
    if (earlier)
      test(earlier.name, () => {
        const statement = outcome.statements.find((s) => s.name === earlier.name);
        assert.ok(statement, "the workload made no statement");
        assert.deepEqual(earlierDifferences(statement, outcome.report), []);
      });
    for (const job of list) {
      test(job.name, () => {
        const statement = outcome.statements.find((s) => s.name === job.name);
        assert.ok(statement, "the workload made no statement");
        assert.deepEqual(differences(statement, outcome.report), []);
        if (level === "tokens") pagesOneByOne(socketsOf(outcome.report, statement), statement);
        if (outcome.sampled) assert.deepEqual(sampledDifferences(statement, outcome.sampled.report), []);
      });
    }
    test("the recording says the same afterwards, and less where it is cut", () => saysTheSame(outcome));
    test("nothing was lost, and the run is a leak on a kernel with the option", () => {
      assert.equal(outcome.report.lost, 0);
      assert.equal(outcome.report.verdict, "leak");
      assert.equal(outcome.report.kernel.variant, "sockopt");
    });
    agreesWithKernel(() => outcome);
    if (two) costsNothing(() => outcome);
  });
}

/** The tokens held at close lie in as many pages as the workload says. */
function pagesOneByOne(sockets: ReportSocket[], statement: Statement): void {
  for (const s of sockets) {
    const stated = statement.sockets.find(({ remote }) => remote === s.remote);
    assert.equal(s.leaked.length, stated?.heldAtClose);
    assert.equal(new Set(s.leaked.map((token) => token.token)).size, stated?.pagesAtClose);
    assert.ok(s.leaked.every(({ token, offset }) => token === Math.floor(offset / 4096)));
    assert.ok(
      s.leaked.every((token) => token.stack !== ""),
      "not known which code received them",
    );
  }
}
