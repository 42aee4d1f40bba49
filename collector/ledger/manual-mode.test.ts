// manual-mode - Properties of manual mode: tokens are conserved whichever socket returns them, and a lost event makes no verdict wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Event } from "../events/event.ts";
import { reportOf } from "../report/report.ts";
import type { Report, ReportSocket } from "../report/shape.ts";
import { withLosses } from "../testing/losses.ts";
import { MANUAL_HEADER, type ManualStep, type ManualTruth, runManual } from "../testing/manual.ts";
import { applyAll } from "../testing/sums.ts";
import { newLedger } from "./ledger.ts";

const SOCKETS = 3;

const steps = fc.array(
  fc.record<ManualStep>({
    act: fc.constantFrom(
      "issue",
      "issue",
      "issue",
      "return",
      "return",
      "pass",
      "pass",
      "count",
      "close",
      "destroy",
      "unbind",
    ),
    socket: fc.nat(SOCKETS - 1),
    other: fc.nat(SOCKETS - 1),
    tokens: fc.nat(40),
  }),
  { maxLength: 60 },
);

function reportFrom(events: readonly Event[]): Report {
  return reportOf(applyAll(newLedger(MANUAL_HEADER), events));
}

test("tokens are conserved: per socket, and over the sockets of the binding as they really are", () => {
  fc.assert(
    fc.property(steps, (schedule) => {
      const { events, truth } = runManual(schedule, SOCKETS);
      const { sockets, bindings } = reportFrom(events);
      for (const s of sockets) {
        assert.equal(s.issued, truthOf(truth, s).issued);
        assert.equal(s.issued, (s.returned ?? 0) + s.reclaimed + s.swept + s.outstanding);
        assert.equal(s.reclaimed, 0);
      }
      const unattributed = bindings[0]?.unattributed ?? 0;
      const really = truth.reduce((sum, t) => sum + t.issued - t.returned - t.swept, 0);
      const left = sockets.reduce((sum, s) => sum + s.outstanding, 0);
      const swept = sockets.reduce((sum, s) => sum + s.swept, 0) - truth.reduce((sum, t) => sum + t.swept, 0);
      assert.equal(left + swept, really + unattributed);
    }),
  );
});

test("each socket's numbers are exact unless the owners of returned tokens are reported as unknown", () => {
  fc.assert(
    fc.property(steps, (schedule) => {
      const { events, truth, stuck } = runManual(schedule, SOCKETS);
      const { sockets, bindings, verdict } = reportFrom(events);
      if ((bindings[0]?.unattributed ?? 0) > 0) return;
      for (const s of sockets) {
        const real = truthOf(truth, s);
        assert.equal(s.returned, real.returned);
        assert.equal(s.swept, real.swept);
        assert.equal(s.returnedForOthers, real.forOthers);
        if (real.closed) assert.equal(s.heldAtClose, real.heldAtClose);
        assert.equal(s.verdict, verdictOf(real));
      }
      const leaked = truth.some(leaks);
      if (verdict !== "inconclusive") assert.equal(verdict === "leak", leaked || stuck > 0);
      else assert.ok(!leaked);
    }),
  );
});

test("whatever events are lost, a verdict is right or inconclusive", () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.boolean()), (schedule, coin) => {
      const { events, truth } = runManual(schedule, SOCKETS);
      const lossy = withLosses(events, () => coin.next().value as boolean);
      for (const s of reportFrom(lossy).sockets)
        if (s.verdict !== "inconclusive" && s.verdict !== "open")
          assert.equal(s.verdict, verdictOf(truthOf(truth, s)));
    }),
  );
});

function truthOf(truth: readonly ManualTruth[], { id }: ReportSocket): ManualTruth {
  return truth[Number(/^s(\d+)@/.exec(id)?.[1])] ?? assert.fail(`no socket ${id}`);
}

function verdictOf(real: ManualTruth): string {
  const left = real.issued - real.returned - real.swept;
  if (!real.closed) return "open";
  if (real.swept > 0 && left === 0) return "swept";
  if (real.heldAtClose === 0) return "clean";
  if (left === 0) return "returned elsewhere";
  return real.destroyed ? "leaked" : "lingering";
}

function leaks(real: ManualTruth): boolean {
  return ["lingering", "leaked", "swept"].includes(verdictOf(real));
}
