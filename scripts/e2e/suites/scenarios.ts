// scenarios - Over a real NIC driver: the report equals the workload's own statement, number for number.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Level } from "../../../collector/events/event.ts";
import type { Report } from "../../../collector/report/shape.ts";
import type { Statement } from "../../receive/session/statement.ts";
import { differences, sampledDifferences } from "../lib/compare.ts";
import { forecastsBeforeDry } from "../lib/exhaustion.ts";
import type { E2eJob } from "../lib/jobs.ts";
import { agreesWithKernel, nothingLost, sampledCostsNothing } from "../lib/kernel-agreement.ts";
import { commandOf, type Outcome, outcomeOf, type Scenarios, socketsOf } from "../lib/outcome.ts";
import { recordingAgrees } from "../lib/recording-agrees.ts";
import { type Suite, whenRead } from "../lib/suite.ts";

/** Jobs on a kernel without the option, under one tracer or two. */
export function scenarios(given: Scenarios): Suite {
  return { ...commandOf(given), tests: (output) => scenarioTests(given, output) };
}

function scenarioTests({ level, jobs, sampled }: Scenarios, output: () => Promise<string>): void {
  const seen = whenRead(output, outcomeOf);
  for (const job of jobs) test(job.name, () => agrees(seen(), level, job));
  test("the recording says the same, and never more where it is cut", () => recordingAgrees(seen()));
  test("nothing was lost, and the run is a leak", (context) => {
    nothingLost(seen().report, context);
    assert.equal(seen().report.verdict, "leak");
  });
  agreesWithKernel(seen);
  if (sampled) sampledCostsNothing(seen);
}

async function agrees(outcome: Outcome, level: Level, job: E2eJob): Promise<void> {
  const statement = outcome.statements.find((s) => s.name === job.name);
  assert.ok(statement, "the workload made no statement");
  assert.deepEqual(differences(statement, outcome.report), []);
  if (level === "tokens") leakedOneByOne(outcome.report, statement);
  if (outcome.sampled) assert.deepEqual(sampledDifferences(statement, outcome.sampled.report), []);
  await asTheJobSays(job, outcome, statement);
}

async function asTheJobSays(job: E2eJob, outcome: Outcome, statement: Statement): Promise<void> {
  if (job.finWait) staysInFinWait(outcome.report, statement, job.finWait);
  if (!job.runDry) return;
  const falling = await fallsBeforeDry(outcome, statement);
  assert.ok(falling, "the time to exhaustion did not fall before the dma-buf was exhausted");
}

/** The orphan lives until the FIN of the peer, which the sender sends at least `ms` after ours. */
function staysInFinWait(report: Report, statement: Statement, ms: number): void {
  for (const s of socketsOf(report, statement)) {
    const delay = BigInt(s.destroyedAt ?? 0) - BigInt(s.closedAt ?? 0);
    assert.ok(delay >= BigInt(ms) * 1_000_000n, `destroyed ${delay} ns after close`);
  }
}

function leakedOneByOne(report: Report, statement: Statement): void {
  for (const s of socketsOf(report, statement)) {
    assert.equal(s.leaked.length, s.heldAtClose);
    assert.ok(s.leaked.every((token) => token.dmabufId === statement.dmabufId && token.size > 0));
    assert.ok(
      s.leaked.every((token) => token.stack !== ""),
      "a token has no stack",
    );
  }
}

/** While nothing is returned, the last forecast before the first failed allocation is shorter than most before it. */
async function fallsBeforeDry(outcome: Outcome, statement: Statement): Promise<boolean> {
  const forecasts = await forecastsBeforeDry(outcome.recording, statement.dmabufId);
  const last = forecasts.at(-1) ?? Number.POSITIVE_INFINITY;
  return forecasts.filter((forecast) => forecast > last).length > forecasts.length / 2;
}
