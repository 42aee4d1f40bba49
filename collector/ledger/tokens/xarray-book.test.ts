// xarray-book - Whose token a return gives back when its number was issued again before the return line came.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event, Header } from "../../events/event.ts";
import { exported } from "../../testing/exports.ts";
import { HEADER, run } from "../../testing/kernel.ts";
import { each } from "../../testing/recordings.ts";
import { itemsOf } from "../changes.ts";
import { apply, newLedger } from "../ledger.ts";

const TOKENS: Header = { ...HEADER, level: "tokens" };
const one = { sk: "s0", token: 1, dmabuf: 1, offset: 0, size: 4096, pid: 7, comm: "receive" };
const back = { sk: "s0", first: 1, count: 1, pid: 7, comm: "receive" };

/** Thread 1 is issued number 1 and returns it; thread 2 is issued it before that line comes, and returns it later. */
const RACE: Event[] = [
  { kind: "issue", t: 2000, tid: 1, ...one },
  { kind: "issue", t: 3000, tid: 2, ...one },
  { kind: "return", t: 3100, tid: 1, ...back },
  { kind: "return", t: 5000, tid: 2, ...back },
];

/** The probes' lines on a socket's first token. */
const FIRST = run([{ act: "issue", socket: 0, tokens: 1 }], 1).events.filter(
  ({ kind }) => kind !== "tick" && kind !== "end",
);

test("the first return is the earlier holder's, which was gone when its number was issued again", () => {
  const ledger = newLedger(TOKENS);
  for (const event of FIRST) apply(ledger, event);
  const tids = RACE.map((event) => itemsOf(apply(ledger, event).gone).map(({ token }) => token.tid));
  assert.deepEqual(tids, [[], [1], [], [2]]);
});

test("the time held counts to each thread what it held", async () => {
  const folded = (await exported({ header: TOKENS, events: each([...FIRST, ...RACE]) }, "folded")).toString();
  const weights = [...folded.matchAll(/thread (\d).* (\d+)$/gm)].map(([, tid, weight]) => [tid, weight]);
  assert.deepEqual(weights, [
    ["1", "1000"],
    ["2", "2000"],
  ]);
});

test("a count of any size gives back what is held", () => {
  const ledger = newLedger(TOKENS);
  for (const event of [...FIRST, ...RACE.slice(0, 1)]) apply(ledger, event);
  const huge = { kind: "return", t: 9000, tid: 1, ...back, first: 0, count: 2 ** 50 } as const;
  assert.equal(apply(ledger, huge).gone.count, 1);
});
