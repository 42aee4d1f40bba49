// match-readings - Which sockets have left the kernel's tables: only then every open file is looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProbeEvent } from "../events/event.ts";
import { epoch } from "../events/parse.ts";
import { ReadingMatcher } from "./match-readings.ts";
import type { HeldLine } from "./snapshot.ts";

const first = (sk: string) => ({ kind: "socket", t: 1, sk, born: 1, binding: "b", before: 0 }) as ProbeEvent;
const destroyed = (sk: string) => ({ kind: "destroy", t: 2, sk, born: 1 }) as ProbeEvent;
const met = (...sks: string[]) => sks.map((sk) => ({ sk }) as HeldLine);

const closed = (sk: string, t: number) => ({ kind: "close", t, sk, born: 1 }) as ProbeEvent;
const poll = (end: number, ...sks: string[]) => ({
  end,
  held: met(...sks),
  unread: 0,
  owners: new Map(),
  inflight: new Map(),
});
const tick = (t: number) => ({ kind: "tick", t }) as ProbeEvent;

/** Closed at 10, met at `first` and not at `second`: when the stream reports its end. */
function destroys(lossy: boolean, ...polls: ReturnType<typeof poll>[]) {
  const matcher = new ReadingMatcher(epoch("0"));
  if (lossy) matcher.lose();
  for (const one of polls) matcher.expect(one);
  const events = [first("s0"), closed("s0", 10), tick(100), destroyed("s0")].flatMap((e) => matcher.pass(e));
  return events.filter(({ kind }) => kind === "destroy").map(({ t }) => t);
}

test("a closed socket that the kernel no longer has was destroyed, where lines are lost", () => {
  assert.deepEqual(
    destroys(true, poll(20, "s0"), poll(30)),
    [30],
    "and a line that comes late is not reported again",
  );
  assert.deepEqual(destroys(true, poll(20, "s0"), poll(30, "s0")), [2]);
  assert.deepEqual(destroys(true, poll(20)), [2], "it may have closed after the poll had begun");
  assert.deepEqual(destroys(false, poll(20, "s0"), poll(30)), [2]);
});

test("a socket has strayed while it is known, not destroyed, and in no table", () => {
  const matcher = new ReadingMatcher(epoch("0"));
  assert.equal(matcher.hasStrayed(met("other")), false);
  matcher.pass(first("s0"));
  matcher.pass(first("s1"));
  assert.equal(matcher.hasStrayed(met("s1", "other", "s0")), false);
  assert.equal(matcher.hasStrayed(met("s1")), true);
  matcher.pass(destroyed("s0"));
  assert.equal(matcher.hasStrayed(met("s1")), false);
});
