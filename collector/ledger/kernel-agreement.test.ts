// kernel-agreement - Properties of a trace that comes late and reads the kernel: never a false leak, never a false clean.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Event, isTracerEvent, type Level } from "../events/event.ts";
import { epoch } from "../events/parse.ts";
import { reportOf } from "../report/report.ts";
import type { ReportSocket } from "../report/shape.ts";
import { ReadingMatcher } from "../snapshot/match-readings.ts";
import { cases } from "../testing/gauntlet.ts";
import { HEADER } from "../testing/kernel.ts";
import { withLosses } from "../testing/losses.ts";
import { type ReadingRun, type ReadingStep, type ReadingTruth, runRead } from "../testing/reading.ts";
import { apply, newLedger } from "./ledger.ts";
import type { Ledger } from "./state/ledger.ts";

const SOCKETS = 3;
const RUNS = { numRuns: cases(100, 1000), seed: 20261124 };

const before = fc.array(fc.oneof(fc.constant(0), fc.nat(200)), { minLength: SOCKETS, maxLength: SOCKETS });

function steps(...acts: ReadingStep["act"][]) {
  const step = fc.record<ReadingStep>({
    act: fc.constantFrom(...acts),
    socket: fc.nat(SOCKETS - 1),
    tokens: fc.oneof(fc.nat(40), fc.constant(300)), // Often all that is held.
  });
  // The end of a life right after a reading, which single steps seldom come to.
  const ending = fc
    .record({ socket: fc.nat(SOCKETS - 1), tokens: fc.constantFrom(0, 7, 300) })
    .map((of) =>
      (["read", "return", "close", "destroy"] as const).map((act): ReadingStep => ({ act, ...of })),
    );
  const one = step.map((alone) => [alone]);
  return fc
    .array(fc.oneof({ weight: 6, arbitrary: one }, { weight: 1, arbitrary: ending }), { maxLength: 40 })
    .map((parts) => parts.flat());
}

const traffic = steps("issue", "issue", "return", "return", "slow", "count", "read", "close", "destroy");
const missing = steps("issue", "issue", "return", "miss", "read", "read", "close");

/** What comes of a run on its way to the ledger: lines are lost before they meet the rounds. */
function ledgerOf(run: ReadingRun, level: Level, coin?: () => boolean): Ledger {
  const matcher = new ReadingMatcher(epoch(HEADER.t0));
  for (const round of run.rounds) matcher.expect(round);
  const t = (run.events.at(-1)?.t ?? 0) + 40e9;
  const end: Event[] = [
    { kind: "tick", t },
    { kind: "end", t, reason: "stopped", detail: "" },
  ];
  const ledger = newLedger({ ...HEADER, level });
  for (const event of coin ? withLosses([...run.events, ...end], coin) : [...run.events, ...end]) {
    if (event.kind === "lost") matcher.lose();
    for (const one of isTracerEvent(event) ? [event] : matcher.pass(event)) apply(ledger, one);
  }
  return ledger;
}

function truthOf({ truth }: ReadingRun, { id }: ReportSocket): ReadingTruth {
  return truth.get(id) ?? assert.fail(`no socket ${id}`);
}

function verdictOf(real: ReadingTruth): string {
  if (!real.closed) return "open";
  if (real.heldAtClose === 0) return "clean";
  return real.destroyed ? "reclaimed" : "lingering";
}

const leaks = (real: ReadingTruth) => real.closed && real.heldAtClose > 0;

for (const level of ["counts", "sampled"] as const) {
  test(`level ${level}: whatever it held before and whenever it is read, the numbers are the kernel's`, () => {
    fc.assert(
      fc.property(traffic, before, (schedule, held) => {
        const run = runRead(schedule, held, level);
        const ledger = ledgerOf(run, level);
        const report = reportOf(ledger);
        for (const s of report.sockets) {
          const real = truthOf(run, s);
          assert.equal(s.verdict, verdictOf(real), s.why);
          assert.equal(s.heldAtClose, real.heldAtClose);
          if (!real.destroyed) assert.equal(s.outstanding, real.held);
        }
        const found = report.sockets.filter(({ heldAtClose }) => heldAtClose > 0).length;
        assert.equal(found, run.all.filter(leaks).length);
        assert.equal(report.reconciled.differences, 0);
        assert.equal(report.verdict, run.all.some(leaks) ? "leak" : "clean");
      }),
      RUNS,
    );
  });

  test(`level ${level}: whatever lines are lost, a verdict is right or inconclusive`, () => {
    fc.assert(
      fc.property(traffic, before, fc.infiniteStream(fc.boolean()), (schedule, held, coin) => {
        const run = runRead(schedule, held, level);
        const report = reportOf(ledgerOf(run, level, () => coin.next().value as boolean));
        for (const s of report.sockets.filter(({ verdict }) => verdict !== "inconclusive")) {
          assert.equal(s.verdict, verdictOf(truthOf(run, s)), s.why);
          if (!/uncertain/.test(s.why)) assert.equal(s.heldAtClose, truthOf(run, s).heldAtClose);
        }
        const leaked = run.all.some(leaks);
        assert.ok(report.verdict === "inconclusive" || (report.verdict === "leak") === leaked);
      }),
      RUNS,
    );
  });
}

test("a return that no probe counted: the difference is counted, and lowers the verdict", () => {
  let shown = 0;
  fc.assert(
    fc.property(missing, before, (schedule, held) => {
      const run = runRead(schedule, held, "counts");
      const report = reportOf(ledgerOf(run, "counts"));
      for (const s of report.sockets) {
        const real = truthOf(run, s);
        if (!real.missed) assert.equal(s.verdict, verdictOf(real), s.why);
        if (!real.destroyed) assert.equal(s.outstanding, real.held);
        if (s.verdict !== "inconclusive") continue;
        shown += 1;
        assert.match(s.why, /the kernel reports \d+ tokens? held, but -?\d+ were counted \(at /);
        assert.ok(report.reconciled.differences > 0);
      }
    }),
    RUNS,
  );
  assert.ok(shown > 0, "no schedule showed a difference");
});
