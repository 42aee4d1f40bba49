// reading - Which sockets have left the kernel's tables: only then every open file is looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProbeEvent } from "../events/event.ts";
import { epoch } from "../events/parse.ts";
import { Readings } from "./match-readings.ts";
import type { HeldLine } from "./snapshot.ts";

const first = (sk: string) => ({ kind: "socket", t: 1, sk, born: 1, binding: "b", before: 0 }) as ProbeEvent;
const destroyed = (sk: string) => ({ kind: "destroy", t: 2, sk, born: 1 }) as ProbeEvent;
const met = (...sks: string[]) => sks.map((sk) => ({ sk }) as HeldLine);

const closed = (sk: string, t: number) => ({ kind: "close", t, sk, born: 1 }) as ProbeEvent;
const round = (end: number, ...sks: string[]) => ({
  ...{ end, held: met(...sks), unread: 0, holders: new Map(), inflight: new Map() },
});
const tick = (t: number) => ({ kind: "tick", t }) as ProbeEvent;

/** Closed at 10, met at `first` and not at `second`: what the stream says of its end. */
function destroys(lossy: boolean, ...rounds: ReturnType<typeof round>[]) {
  const readings = new Readings(epoch("0"));
  if (lossy) readings.lose();
  for (const one of rounds) readings.expect(one);
  const events = [first("s0"), closed("s0", 10), tick(100), destroyed("s0")].flatMap((e) => readings.pass(e));
  return events.filter(({ kind }) => kind === "destroy").map(({ t }) => t);
}

test("a closed socket the kernel has no more was destroyed, where lines are lost", () => {
  assert.deepEqual(
    destroys(true, round(20, "s0"), round(30)),
    [30],
    "and a line that comes late is not told again",
  );
  assert.deepEqual(destroys(true, round(20, "s0"), round(30, "s0")), [2]);
  assert.deepEqual(destroys(true, round(20)), [2], "it may have closed after the round had begun");
  assert.deepEqual(destroys(false, round(20, "s0"), round(30)), [2]);
});

test("a socket has strayed while it is known, not destroyed, and in no table", () => {
  const readings = new Readings(epoch("0"));
  assert.equal(readings.strayed(met("other")), false);
  readings.pass(first("s0"));
  readings.pass(first("s1"));
  assert.equal(readings.strayed(met("s1", "other", "s0")), false);
  assert.equal(readings.strayed(met("s1")), true);
  readings.pass(destroyed("s0"));
  assert.equal(readings.strayed(met("s1")), false);
});
