// ledger - Properties: no interleaving of valid events loses a token; no lost event makes a verdict wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Event } from "./event.ts";
import { type Ledger, newLedger } from "./ledger.ts";
import { reportOf } from "./report.ts";
import { HEADER, run, type Step, type Truth } from "./testing/kernel.ts";
import { withLosses } from "./testing/losses.ts";
import { applyAll } from "./testing/sums.ts";

const SOCKETS = 4;

const steps = fc.array(
  fc.record<Step>({
    act: fc.constantFrom("issue", "issue", "return", "return", "count", "close", "destroy"),
    socket: fc.nat(SOCKETS - 1),
    tokens: fc.nat(40),
  }),
  { maxLength: 80 },
);

function ledgerOf(events: readonly Event[]): Ledger {
  return applyAll(newLedger(HEADER), events);
}

test("a complete trace gives every closed socket's exact numbers and the right verdict", () => {
  fc.assert(
    fc.property(steps, (schedule) => {
      const { events, truth } = run(schedule, SOCKETS);
      const report = reportOf(ledgerOf(events));
      for (const socket of report.sockets.filter((s) => s.closedAt !== null)) {
        const real = truthOf(truth, socket.id);
        assert.equal(socket.issued, real.issued);
        assert.equal(socket.returned, real.returned);
        assert.equal(socket.heldAtClose, real.issued - real.returned);
        assert.equal(socket.issued, socket.returned + socket.reclaimed + socket.outstanding);
        assert.equal(socket.verdict, verdictOf(real));
      }
      assert.equal(report.verdict, truth.some(leaks) ? "leak" : "clean");
    }),
  );
});

test("whatever events are lost, a verdict is right or inconclusive", () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.boolean()), (schedule, coin) => {
      const { events, truth } = run(schedule, SOCKETS);
      const report = reportOf(ledgerOf(withLosses(events, () => coin.next().value as boolean)));
      for (const socket of report.sockets) {
        if (socket.verdict === "inconclusive") continue;
        const real = truthOf(truth, socket.id);
        assert.equal(socket.verdict, verdictOf(real));
      }
      const leaked = truth.some(leaks);
      assert.ok(report.verdict === "inconclusive" || (report.verdict === "leak") === leaked, report.verdict);
    }),
  );
});

test("a socket whose pointer means another one now no longer counts as a holder of its binding", () => {
  const steps: Step[] = [
    { act: "issue", socket: 0, tokens: 23 },
    { act: "count", socket: 0, tokens: 0 },
  ];
  const [bind, ...first] = run(steps, 1).events as [Event, ...Event[]];
  const later = (event: Event) =>
    ({ ...event, t: event.t + 1e6, ...("born" in event && { born: event.born + 1e6 }) }) as Event;
  const ledger = ledgerOf([bind, ...first, ...first.map(later)]);
  assert.equal(ledger.sockets.length, 2);
  assert.equal(ledger.bindings[0]?.outstanding, 23);
});

/** The model's kernel pointers are s0, s1, ...; a socket's id starts with its pointer. */
function truthOf(truth: readonly Truth[], id: string): Truth {
  return truth[Number(/^s(\d+)@/.exec(id)?.[1])] ?? assert.fail(`no socket ${id}`);
}

function verdictOf(real: Truth): string {
  if (!real.closed) return "open";
  if (real.issued === real.returned) return "clean";
  return real.destroyed ? "reclaimed" : "lingering";
}

function leaks(real: Truth): boolean {
  return real.closed && real.issued > real.returned;
}
