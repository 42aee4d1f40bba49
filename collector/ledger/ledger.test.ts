// ledger - Properties: no interleaving of valid events loses a token; nothing that goes missing makes a verdict wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Event } from "../events/event.ts";
import { reportOf } from "../report/report.ts";
import type { Report } from "../report/shape.ts";
import { cases } from "../testing/gauntlet.ts";
import { HEADER, type Run, run, type Step, type Truth } from "../testing/kernel.ts";
import { MISHAPS, withLosses } from "../testing/losses.ts";
import { applyAll } from "../testing/sums.ts";
import { apply, newLedger } from "./ledger.ts";
import type { Ledger } from "./state/ledger.ts";

const SOCKETS = 4;

const PROGRAMS = ["issue", "issue", "issue", "return", "return", "count", "close", "destroy"] as const;

function schedules(...more: Step["act"][]): fc.Arbitrary<Step[]> {
  const act = fc.constantFrom(...PROGRAMS, ...more);
  const step = fc.record<Step>({ act, socket: fc.nat(SOCKETS - 1), tokens: fc.nat(40) });
  return fc.array(step, { maxLength: 120, size: "max" });
}

function ledgerOf(events: readonly Event[]): Ledger {
  return applyAll(newLedger(HEADER), events);
}

test("a complete trace gives every closed socket's exact numbers and the right verdict", () => {
  fc.assert(
    fc.property(schedules("unbind"), (schedule) => {
      const ran = run(schedule, SOCKETS);
      const report = reportOf(ledgerOf(ran.events));
      for (const socket of report.sockets.filter((s) => s.closedAt !== null)) {
        const real = truthOf(ran, socket.id);
        assert.equal(socket.issued, real.issued);
        assert.equal(socket.returned, real.returned);
        assert.equal(socket.heldAtClose, real.issued - real.returned);
        assert.equal(socket.issued, socket.returned + socket.reclaimed + socket.outstanding);
        assert.equal(socket.verdict, verdictOf(real));
      }
      assert.equal(report.verdict, isLeak(ran) ? "leak" : "clean");
    }),
  );
});

/** Nothing false in a report: of a socket, of a binding, of the run. */
function assertTrue(ran: Run, report: Report): void {
  for (const socket of report.sockets)
    if (socket.verdict !== "inconclusive") assert.equal(socket.verdict, verdictOf(truthOf(ran, socket.id)));
  for (const { verdict } of report.bindings) {
    if (verdict === "unbound pinned") assert.ok(ran.pinned, "pinned");
    assert.notEqual(verdict, "stuck");
  }
  if (report.verdict !== "inconclusive") assert.equal(report.verdict, isLeak(ran) ? "leak" : "clean");
}

const coins = fc.infiniteStream(fc.boolean());
const SCHEDULES = cases(200, 2000);
const LIVES = cases(1000, 10_000);

for (const [what, more, lossy] of MISHAPS)
  test(`${SCHEDULES} schedules in which ${what}: every verdict is right or inconclusive`, (t) => {
    const runs = { leak: 0, clean: 0, inconclusive: 0 };
    const sockets: Record<string, number> = {};
    fc.assert(
      fc.property(schedules(...more), coins, (schedule, coin) => {
        const ran = run(schedule, SOCKETS);
        const events = lossy ? withLosses(ran.events, () => coin.next().value as boolean) : ran.events;
        const report = reportOf(ledgerOf(events));
        assertTrue(ran, report);
        runs[report.verdict] += 1;
        for (const { verdict } of report.sockets) sockets[verdict] = (sockets[verdict] ?? 0) + 1;
      }),
      { numRuns: SCHEDULES, seed: 20261124 },
    );
    t.diagnostic(`runs ${JSON.stringify(runs)}, sockets ${JSON.stringify(sockets)}`);
    assert.ok(runs.leak > 0 && runs.inconclusive < SCHEDULES, "it is always inconclusive");
  });

test(`${LIVES} sockets that live for a moment, on the memory of four, are ${LIVES} rows with exact numbers`, () => {
  const acts = ["issue", "return", "close", "destroy"] as const;
  const lives = Array.from({ length: LIVES }, (_, i) =>
    acts.map(
      (act): Step => ({ act, socket: i % SOCKETS, tokens: act === "return" && i % 100 === 0 ? 5 : 23 }),
    ),
  );
  const ran = run(lives.flat(), SOCKETS);
  const ledger = newLedger(HEADER);
  for (const event of ran.events) apply(ledger, event);
  const { sockets, verdict } = reportOf(ledger);
  assert.equal(sockets.length, LIVES);
  for (const socket of sockets) assert.equal(socket.verdict, verdictOf(truthOf(ran, socket.id)));
  assert.equal(sockets.filter(({ heldAtClose }) => heldAtClose === 18).length, LIVES / 100);
  assert.deepEqual([verdict, ledger.current.size, ledger.early.size], ["leak", 0, 0]);
});

function truthOf({ truth }: Run, id: string): Truth {
  return truth.get(id) ?? assert.fail(`no socket ${id}`);
}

function verdictOf(real: Truth): string {
  if (!real.closed) return "open";
  if (real.issued === real.returned) return "clean";
  return real.destroyed ? "reclaimed" : "lingering";
}

function isLeak({ truth, pinned }: Run): boolean {
  return pinned || [...truth.values()].some((real) => real.closed && real.issued > real.returned);
}
