// trust - Tests of every guest: ledger and kernel agree to the end, and level sampled runs nothing where tokens come and go.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Report } from "../../collector/report/report.ts";
import { sampledDifferences } from "./compare.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Nothing was lost. A kernel that preempts tasks inside the kernel (7.2) may skip a run of a probe: that is told by the
 * probe's name, and what else there is to compare must be right all the same.
 */
export function nothingLost(report: Report, context: TestContext): void {
  const { skipped, ...others } = report.lostBy;
  assert.deepEqual(others, { bpftrace: 0, parse: 0, map: 0, unkept: 0 });
  if (report.kernel.release.startsWith("6.12.")) assert.equal(skipped, 0);
  const unseen = report.sockets.filter(({ closedAt, closePid }) => closedAt !== null && closePid === 0);
  assert.ok(unseen.length <= (report.skippedRuns["fentry:tcp_close"] ?? 0), "closes nobody saw");
  context.diagnostic(`probe runs skipped: ${JSON.stringify(report.skippedRuns)}`);
}

/** The kernel was read again and again, at the end too, and never said anything else. */
export function agreesWithKernel(outcome: () => Outcome): void {
  test("reconciled with the kernel, without a difference", () => {
    const { report, sampled } = outcome();
    for (const { reconciled } of sampled ? [report, sampled.report] : [report]) {
      const { times, differences, unread, unchecked } = reconciled;
      assert.deepEqual({ differences, unread, unchecked }, { differences: 0, unread: 0, unchecked: "" });
      assert.ok(times > 0);
    }
  });
}

/** From before the bind to before the close: once a second a tick, and what a bind or a stranger's close runs once. */
const ONCE = 20;

/** A second tracer at level sampled, beside the first: its leaks are all there, and cost nothing per token. */
export function costsNothing(outcome: () => Outcome): void {
  test("level sampled: no BPF program runs between bind and close", () => {
    const { quiet, runs } = outcome().sampled ?? assert.fail("there was no second tracer");
    const issued = quiet.sockets[0]?.issued ?? 0;
    const butTicks = runs.slice(0, -1).reduce((sum, count) => sum + count, 0);
    assert.ok(issued > 50 * ONCE, `${issued} tokens are too few to tell`);
    assert.ok(runs.length > 5, "its programs were not found");
    assert.ok(butTicks <= ONCE, `${butTicks} runs while ${issued} tokens were issued: ${runs}`);
  });
  test("level sampled, two tracers at once: what was lost is told, and the verdict is the same", (context) => {
    const { report, quiet } = outcome().sampled ?? assert.fail("there was no second tracer");
    assert.deepEqual(sampledDifferences(quiet, report), []);
    nothingLost(report, context);
    assert.equal(report.verdict, "leak");
    assert.equal(report.level, "sampled");
  });
}
