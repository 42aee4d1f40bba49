// kernel-agreement - Tests for every guest: ledger and kernel agree to the end, and level sampled runs nothing on the data path.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Report } from "../../../collector/report/shape.ts";
import { sampledDifferences } from "./compare.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Nothing was lost. A kernel that preempts tasks inside the kernel (7.2) may skip a run of a probe: the report names the
 * probe, and everything else must still be right.
 */
export function nothingLost(report: Report, context: TestContext): void {
  const { skipped, ...others } = report.lostBy;
  assert.deepEqual(others, { bpftrace: 0, parse: 0, map: 0, unkept: 0 });
  if (report.kernel.release.startsWith("6.12.")) assert.equal(skipped, 0);
  const unseen = report.sockets.filter(({ closedAt, closePid }) => closedAt !== null && closePid === 0);
  assert.ok(unseen.length <= (report.skippedRuns["fentry:tcp_close"] ?? 0), "closes without a process");
  context.diagnostic(`probe runs skipped: ${JSON.stringify(report.skippedRuns)}`);
}

/** The kernel was read many times, also at the end, and never disagreed. */
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

/** From before the bind to before the close: a tick per second, and what a bind or another close runs once. */
const ONCE = 20;

/** A second tracer at level sampled, beside the first: it finds every leak, and costs nothing per token. */
export function sampledCostsNothing(outcome: () => Outcome): void {
  test("level sampled: no BPF program runs between bind and close", () => {
    const { quiet, runs } = outcome().sampled ?? assert.fail("there was no second tracer");
    const issued = quiet.sockets[0]?.issued ?? 0;
    const butTicks = runs.slice(0, -1).reduce((sum, count) => sum + count, 0);
    assert.ok(issued > 50 * ONCE, `${issued} tokens are too few for this test`);
    assert.ok(runs.length > 5, "its programs were not found");
    assert.ok(butTicks <= ONCE, `${butTicks} runs while ${issued} tokens were issued: ${runs}`);
  });
  test("level sampled, two tracers at once: losses are reported, and the verdict is the same", (context) => {
    const { report, quiet } = outcome().sampled ?? assert.fail("there was no second tracer");
    assert.deepEqual(sampledDifferences(quiet, report), []);
    nothingLost(report, context);
    assert.equal(report.verdict, "leak");
    assert.equal(report.level, "sampled");
  });
}
