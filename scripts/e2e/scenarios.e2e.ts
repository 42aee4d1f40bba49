// scenarios - In a real kernel, over a real NIC driver: the report equals the workload's own statement, number for number.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Level } from "../../collector/events/event.ts";
import type { Report } from "../../collector/report/report.ts";
import type { Statement } from "../receive/session/statement.ts";
import { saysTheSame } from "./afterwards.ts";
import { differences, sampledDifferences } from "./compare.ts";
import { forecastsBeforeDry } from "./exhaustion.ts";
import { type E2eJob, jobs } from "./jobs.ts";
import { type Outcome, runGuest, socketsOf } from "./outcome.ts";
import { GUESTS, leftOutIf } from "./testbed.ts";
import { agreesWithKernel, costsNothing, nothingLost } from "./trust.ts";

for (const guest of GUESTS) {
  scenarios(guest, "counts", [...jobs(4), ...jobs(6)]);
  scenarios(guest, "tokens", jobs(4).slice(0, 3));
}

function scenarios(guest: string, level: Level, list: E2eJob[]): void {
  // In trixie threaded.e2e.ts looks at level tokens.
  describe(`${guest}, level ${level}`, leftOutIf(guest === "trixie" && level === "tokens"), () => {
    let outcome: Outcome;
    before(async () => {
      outcome = await runGuest(guest, level, list);
    });
    for (const job of list) {
      test(job.name, async () => {
        const statement = outcome.statements.find((s) => s.name === job.name);
        assert.ok(statement, "the workload made no statement");
        assert.deepEqual(differences(statement, outcome.report), []);
        if (job.finWait) staysInFinWait(outcome.report, statement, job.finWait);
        if (job.runDry)
          assert.ok(
            await fallsBeforeDry(outcome, statement),
            "time to exhaustion was not falling before the dma-buf ran dry",
          );
        if (level === "tokens") leakedOneByOne(outcome.report, statement);
        if (outcome.sampled) assert.deepEqual(sampledDifferences(statement, outcome.sampled.report), []);
      });
    }
    test("the recording says the same afterwards, and less where it is cut", () => saysTheSame(outcome));
    test("nothing was lost, and the run is a leak", (context) => {
      nothingLost(outcome.report, context);
      assert.equal(outcome.report.verdict, "leak");
    });
    agreesWithKernel(() => outcome);
    if (level === "counts") costsNothing(() => outcome);
  });
}

/** The orphan lives until the peer's FIN, which the sender sends no sooner than `ms` after ours. */
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
      "not known which code received them",
    );
  }
}

/** While nothing is returned the last forecast before the first failed allocation is nearer than most before it. */
async function fallsBeforeDry(outcome: Outcome, statement: Statement): Promise<boolean> {
  const forecasts = await forecastsBeforeDry(outcome.recording, statement.dmabufId);
  const last = forecasts.at(-1) ?? Number.POSITIVE_INFINITY;
  return forecasts.filter((forecast) => forecast > last).length > forecasts.length / 2;
}
