// bounded-ledger - A bounded ledger reports what one that keeps everything does: the verdict on the run, and the sums by role and verdict.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Event } from "../events/event.ts";
import { noUnbindHidden } from "../ledger/evidence/kernel-totals.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import { addSocket, newLetGo } from "../ledger/let-go.ts";
import { newSocket } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { RoleSums } from "../ledger/state/let-go.ts";
import { profileReport } from "../profile/report.ts";
import { reportOf } from "../report/report.ts";
import { reportText } from "../report/text.ts";
import { churn } from "../testing/churn.ts";
import { cases } from "../testing/gauntlet.ts";
import { HEADER, run, type Step } from "../testing/kernel.ts";
import { falsehoods, reportOn } from "../testing/model/judge.ts";
import { runModel } from "../testing/model/schedule.ts";
import { applyBounded, BOUNDS, type Bounds } from "./bounded-ledger.ts";
import { isLeak, socketVerdict } from "./socket-verdict.ts";

/** Nothing is kept that is over. */
const NONE: Bounds = { ...BOUNDS, clean: 0, other: 0, bindings: 0, late: 0 };

function ledgerOf(events: Iterable<Event>, bounds: Bounds | null, header = HEADER): Ledger {
  const ledger = newLedger(header);
  for (const event of events)
    if (bounds) applyBounded(ledger, event, bounds);
    else apply(ledger, event);
  return ledger;
}

/** Everything as sums by role: what was let go, and what is still there. */
function sumsOf(ledger: Ledger): Map<string, RoleSums> {
  const sums = structuredClone(ledger.letGo);
  for (const socket of ledger.sockets) {
    const verdict = socketVerdict(ledger, socket);
    addSocket(sums, socket, { ...verdict, isLeak: isLeak(ledger, socket, verdict) }, BOUNDS.roles);
  }
  return sums.roles;
}

const step = fc.record<Step>({
  act: fc.constantFrom("issue", "issue", "return", "return", "count", "close", "destroy"),
  socket: fc.nat(3),
  tokens: fc.nat(40),
});

test("whatever is let go, the run and the sums by role and verdict are those of a ledger that keeps everything", () => {
  const bound = fc.nat(3);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), bound, bound, (steps, clean, other) => {
      const { events } = run(steps, 4);
      const [all, few] = [ledgerOf(events, null), ledgerOf(events, { ...NONE, clean, other })];
      assert.ok(few.finished.length <= 2 * clean + other + 1, "it keeps too many");
      const [whole, part] = [reportOf(all), reportOf(few)];
      assert.deepEqual([part.verdict, part.why], [whole.verdict, whole.why]);
      assert.deepEqual(new Map([...sumsOf(few)].sort()), new Map([...sumsOf(all)].sort()));
    }),
    { numRuns: cases(200, 5000) },
  );
});

for (const mode of ["xarray", "manual"] as const)
  for (const level of ["counts", "tokens"] as const)
    test(`${mode} mode, level ${level}: with losses, gaps and unbinds it never claims what is not so`, () => {
      for (let seed = 0; seed < cases(300, 20_000); seed++) {
        const model = runModel(seed, { mode, level });
        const few = reportOf(ledgerOf(model.events, { ...NONE, late: BOUNDS.late }, model.header));
        assert.deepEqual(falsehoods(model, few), [], `seed ${seed}`);
        const all = reportOn(model);
        if (few.verdict === "clean") assert.equal(all.verdict, "clean", `seed ${seed}`);
      }
    });

const LIVES = 60_000;

test(`${LIVES} connections leave a few thousand sockets, and the report names every role that leaked`, () => {
  const ledger = ledgerOf(churn({ sockets: LIVES, roles: 50, leakOneIn: 100 }), BOUNDS);
  assert.ok(ledger.sockets.length <= 2 * BOUNDS.clean + BOUNDS.other, `${ledger.sockets.length} sockets`);
  const report = reportOf(ledger);
  assert.deepEqual(
    [report.verdict, report.why],
    ["leak", `${LIVES / 100} sockets closed while still holding tokens`],
  );
  const leaking = report.letGo?.roles.filter(({ leaks }) => leaks > 0).map(({ comm }) => comm);
  const kept = report.sockets.filter(({ heldAtClose }) => heldAtClose > 0).map(({ comm }) => comm);
  assert.equal(new Set([...(leaking ?? []), ...kept]).size, 50);
  const text = reportText(report).join("\n");
  assert.match(text, /let go: \d+ finished sockets of 50 roles/);
});

test("sockets that leaked are kept as long as they fit in the bytes", () => {
  const bounds = { ...BOUNDS, clean: 16, late: 0, bytes: 5 * 3000 };
  const ledger = ledgerOf(churn({ sockets: 400, roles: 1, leakOneIn: 2 }), bounds);
  const kept = ledger.finished.filter(({ heldAtClose }) => heldAtClose > 0).length;
  assert.ok(kept <= 5 + 16, `${kept} are kept`);
  assert.equal(ledger.letGo.leaks + kept, 200);
});

test("sockets without an end are let go as inconclusive, and so is the run", () => {
  const bounds = { ...NONE, open: 61 };
  const ledger = ledgerOf(churn({ sockets: 1000, roles: 3, leakOneIn: 2000, endless: true }), bounds);
  assert.ok(ledger.current.size <= 2 * 61, `${ledger.current.size} are open`);
  assert.equal(ledger.bindings[0]?.outstanding, 23 * ledger.current.size);
  assert.equal(reportOf(ledger).verdict, "inconclusive");
});

test("a role that leaks takes the place of one that does not", () => {
  const letGo = newLetGo();
  const add = (comm: string, isLeak: boolean) =>
    addSocket(letGo, { ...newSocket("a", 1, "xarray"), comm }, { verdict: "clean", why: "", isLeak }, 2);
  for (const comm of ["a", "b", "c"]) add(comm, false);
  for (const comm of ["d", "e", "f"]) add(comm, true);
  assert.deepEqual(
    [...letGo.roles.values()].map(({ role }) => role.comm),
    ["d", "e"],
  );
  assert.deepEqual([letGo.others.sockets, letGo.others.leaks, letGo.sockets], [4, 1, 6]);
});

test("a profile of all sockets counts those that were let go", () => {
  const events = [...churn({ sockets: 500, roles: 3, leakOneIn: 61 })];
  const [all, few] = [ledgerOf(events, null), ledgerOf(events, NONE)];
  assert.ok(few.letGo.sockets > 400);
  assert.deepEqual(profileReport(few).all, profileReport(all).all);
});

test("a binding that was freed is let go, and the kernel's own counts still agree", () => {
  const ledger = newLedger(HEADER);
  let t = 0;
  for (let i = 1; i <= 61; i++) {
    const of = { binding: `b${i}`, dmabuf: i };
    applyBounded(ledger, { kind: "bind", t: ++t, ...BOUND, ...of }, { ...NONE, bindings: 5 });
    applyBounded(ledger, { kind: "unbind", t: ++t, ...of, pid: 7, comm: "x" }, { ...NONE, bindings: 5 });
    applyBounded(ledger, { kind: "free", t: ++t, binding: `b${i}` }, { ...NONE, bindings: 5 });
  }
  assert.ok(ledger.bindings.length <= 11, `${ledger.bindings.length} bindings`);
  assert.equal(ledger.letGo.bindings + ledger.bindings.length, 61);
  apply(ledger, { kind: "sums", t: ++t, kept: 0, unbound: 61, freed: 61, last: 1 });
  assert.equal(noUnbindHidden(ledger), true);
  assert.equal(reportOf(ledger).verdict, "clean");
});

const BOUND = { bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0", netns: 1, pid: 7, comm: "x" };
