// manual - Properties of manual mode: tokens are conserved whoever returns them, and a lost event makes no verdict wrong.

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
const BOUND = { bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
const ADDRESS = { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: 40000 };

const steps = fc.array(
  fc.record<ManualStep>({
    act: fc.constantFrom(
      ...(["issue", "issue", "issue", "return", "return", "pass", "pass"] as const),
      ...(["count", "close", "destroy", "unbind"] as const),
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

test("each socket's numbers are exact unless whose tokens came back is told to be unknown", () => {
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

test("tokens that came back through another socket before the close were not held at close, also when its totals come later", () => {
  const step = (act: ManualStep["act"], socket: number, tokens = 23) => ({ act, socket, other: 0, tokens });
  const schedule = [step("issue", 0), step("issue", 1), step("return", 1), step("pass", 1)];
  const { events, truth } = runManual([...schedule, step("close", 0), step("close", 1)], 2);
  const late = events.filter((_, i) => events[i - 1]?.kind !== "foreign");
  assert.equal(late.length, events.length - 1);
  const [first, second] = reportFrom(late).sockets;
  assert.equal(truth[0]?.heldAtClose, 0);
  assert.deepEqual([first?.verdict, first?.heldAtClose, first?.returned], ["clean", 0, 23]);
  assert.deepEqual([second?.verdict, second?.returnedForOthers], ["clean", 23]);
});

test("level sampled: what the kernel counted on a closing socket is what it held, met before or not; nothing more is sure", () => {
  const held = { held: 23, whole: 1, netns: 1, binding: "b0", dmabuf: 1, ...BOUND };
  const ends = { born: 2, issued: 0, returned: 0, linear: 0, xa: 0 };
  const ledger = applyAll(newLedger({ ...MANUAL_HEADER, level: "sampled" }), [
    { kind: "held", t: 2, sk: "s0", born: 2, sockmode: 2, ...held },
    { kind: "close", t: 3, sk: "s0", ...ends, bytes: 0, ...ADDRESS, pid: 7, comm: "receive" },
    { kind: "destroy", t: 4, sk: "s0", ...ends, closed: 3 },
  ]);
  const [socket] = reportOf(ledger).sockets;
  assert.deepEqual([socket?.mode, socket?.heldAtClose, socket?.outstanding], ["manual", 23, 23]);
  assert.equal(socket?.verdict, "inconclusive");
  assert.match(socket?.why ?? "", /closed holding 23 tokens: level sampled does not see/);

  applyAll(ledger, [
    { kind: "unbind", t: 5, binding: "b0", dmabuf: 1, pid: 7, comm: "receive" },
    { kind: "swept", t: 6, binding: "b0" },
    { kind: "held", t: 7, sk: "s1", ...held, born: 7, sockmode: 2 },
    { kind: "close", t: 8, sk: "s1", ...ends, born: 7, bytes: 0, ...ADDRESS, pid: 7, comm: "receive" },
  ]);
  const [first, second] = reportOf(ledger).sockets;
  assert.deepEqual([first?.swept, first?.heldAtClose, first?.verdict], [23, 23, "inconclusive"]);
  assert.match(second?.why ?? "", /closed holding at most 23 tokens: the unbind before/);
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
