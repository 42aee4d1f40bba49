// carry-over - A recording that begins anywhere in a trace, with what it has to repeat, gives the same verdicts from there on.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { Event, Header } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import { reportOf } from "../report/report.ts";
import type { Report } from "../report/shape.ts";
import { cases } from "../testing/gauntlet.ts";
import { HEADER, run, type Step } from "../testing/kernel.ts";
import { MISHAPS, withLosses } from "../testing/losses.ts";
import { MANUAL_HEADER, type ManualStep, runManual } from "../testing/manual.ts";
import { FILES, read } from "../testing/recordings.ts";
import { CarryOver } from "./carry-over.ts";

function report(header: Header, events: Event[]): Report {
  const ledger = newLedger(header);
  for (const event of events) apply(ledger, event);
  return reportOf(ledger);
}

/** A recording that begins after the first `at` events. */
function from(header: Header, events: Event[], at: number): Event[] {
  const carryOver = new CarryOver(header);
  for (const event of events.slice(0, at)) carryOver.take(event);
  return [...carryOver.events(), ...events.slice(at).map((event) => carryOver.rebase(event))];
}

/** The sockets without what a later recording may lack: findings, and how long tokens were held. */
function numbers({ sockets }: Report) {
  return new Map(sockets.map(({ findings: _, holds: __, ...socket }) => [socket.id, socket]));
}

/** Every socket of the part is as in the whole, or inconclusive. */
function agrees(part: Report, whole: Report, exactly: boolean): void {
  const all = numbers(whole);
  for (const [id, socket] of numbers(part)) {
    if (socket.verdict === "inconclusive" && !exactly) continue;
    assert.deepEqual(socket, all.get(id));
  }
  for (const binding of part.bindings) {
    if (binding.verdict === "inconclusive" && !exactly) continue;
    const same = whole.bindings.find(({ id, boundAt }) => id === binding.id && boundAt === binding.boundAt);
    assert.equal(binding.verdict, same?.verdict);
    if (exactly) agreesOnHeld(part, whole, binding.heldAtUnbind, same?.heldAtUnbind ?? 0);
  }
}

/** What was held at the unbind lacks the tokens of sockets that were left out. */
function agreesOnHeld(part: Report, whole: Report, held: number, heldInAll: number): void {
  if (part.sockets.length === whole.sockets.length) assert.equal(held, heldInAll);
  else assert.ok(held <= heldInAll);
}

function schedules(...more: Step["act"][]): fc.Arbitrary<Step[]> {
  const act = fc.constantFrom<Step["act"][]>(
    "issue",
    "issue",
    "return",
    "return",
    "count",
    "close",
    "destroy",
    ...more,
  );
  return fc.array(fc.record<Step>({ act, socket: fc.nat(3), tokens: fc.nat(40) }), {
    maxLength: 60,
    size: "max",
  });
}

test("every socket that still exists at the beginning, and every later one, is as in the whole", () => {
  fc.assert(
    fc.property(schedules("unbind"), fc.nat(), (schedule, place) => {
      const { events } = run(schedule, 4);
      const [at, whole] = [place % events.length, report(HEADER, events)];
      const part = report(HEADER, from(HEADER, events, at));
      agrees(part, whole, true);
      const gone = new Set(
        events.slice(0, at).flatMap((e) => (e.kind === "destroy" ? [`${e.sk}@${e.born}`] : [])),
      );
      assert.deepEqual(
        part.sockets.map(({ id }) => id),
        whole.sockets.map(({ id }) => id).filter((id) => !gone.has(id)),
      );
    }),
    { numRuns: cases(100, 1000), seed: 20261124 },
  );
});

for (const [what, more, lossy] of MISHAPS)
  test(`${what}, before the beginning or after it: no verdict is firmer than that of the whole`, () => {
    fc.assert(
      fc.property(schedules(...more), fc.nat(), fc.infiniteStream(fc.boolean()), (schedule, place, coin) => {
        const ran = run(schedule, 4).events;
        const events = lossy ? withLosses(ran, () => coin.next().value as boolean) : ran;
        const whole = report(HEADER, events);
        const part = report(HEADER, from(HEADER, events, place % events.length));
        for (const { id, verdict } of part.sockets.filter((s) => s.verdict !== "inconclusive"))
          assert.equal(verdict, whole.sockets.find((s) => s.id === id)?.verdict);
        for (const { id, verdict } of part.bindings.filter((b) => b.verdict !== "inconclusive"))
          assert.ok(
            whole.bindings.some((b) => b.id === id && b.verdict === verdict),
            verdict,
          );
        if (part.verdict === "leak") assert.equal(whole.verdict, "leak");
        if (part.verdict === "clean") assert.notEqual(whole.verdict, "inconclusive");
        assert.equal(part.lost, whole.lost);
      }),
      { numRuns: cases(100, 1000), seed: 20261124 },
    );
  });

const manualSteps = (acts: readonly ManualStep["act"][]) =>
  fc.array(
    fc.record<ManualStep>({
      act: fc.constantFrom(...acts),
      socket: fc.nat(2),
      other: fc.nat(2),
      tokens: fc.nat(40),
    }),
    { maxLength: 40 },
  );
const ACTS = ["issue", "issue", "return", "count", "close", "destroy", "unbind"] as const;

for (const [name, acts, exactly] of [
  ["", ACTS, true],
  [", with returns through other sockets", [...ACTS, "pass", "pass"], false],
] as const)
  test(`manual mode${name}: as in the whole, or inconclusive`, () => {
    fc.assert(
      fc.property(manualSteps(acts), fc.nat(), (schedule, place) => {
        const { events } = runManual(schedule, 3);
        const [at, whole] = [place % events.length, report(MANUAL_HEADER, events)];
        const part = report(MANUAL_HEADER, from(MANUAL_HEADER, events, at));
        agrees(part, whole, exactly);
        const holding = report(MANUAL_HEADER, events.slice(0, at)).sockets.filter((s) => s.outstanding > 0);
        for (const { id } of holding) assert.ok(part.sockets.some((s) => s.id === id));
      }),
      { numRuns: cases(60, 600), seed: 20261124 },
    );
  });

for (const file of FILES)
  test(`${basename(file)}: beginning at any event`, async () => {
    const { header, events } = await read(readFileSync(file));
    const whole = report(header, events);
    const step = Math.ceil(events.length / cases(40, events.length));
    for (let at = 0; at < events.length; at += step)
      agrees(report(header, from(header, events, at)), whole, header.kernel.variant === "xarray");
  });

test("nothing is kept of sockets that come and go", () => {
  const carryOver = new CarryOver(HEADER);
  const { events } = run(
    [
      { act: "issue", socket: 0, tokens: 61 },
      { act: "close", socket: 0, tokens: 0 },
      { act: "destroy", socket: 0, tokens: 0 },
    ],
    1,
  );
  for (let round = 0; round < 1000; round++) for (const event of events.slice(1, -1)) carryOver.take(event);
  assert.deepEqual(
    carryOver.events().map(({ kind }) => kind),
    ["sums"],
  );
});
