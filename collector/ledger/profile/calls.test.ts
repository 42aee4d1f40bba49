// calls - Levels holds and profile: lines out of order. A timer reads a socket's totals and prints them a moment later; totals
// that were read after that but printed before, as at the socket's destroy, are the newer ones.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { ProbeEvent } from "../../events/event.ts";
import { RECORDINGS, read } from "../../testing/recordings.ts";
import { apply, newLedger } from "../ledger.ts";
import { addCalls, newCalls } from "./calls.ts";

const EARLY = { kind: "calls", t: 1, sk: "1", recvs: 1, empty: 0, bytes: 88152, skbs: 2 } as const;
const LATE = { kind: "calls", t: 2, sk: "1", recvs: 9, empty: 3, bytes: 1000000, skbs: 16 } as const;
const times = (received: number, returns: number) => ({ received, returns, freed: returns, returned: 0 });
const LINES: ProbeEvent<"calls" | "wait">[] = [
  { ...EARLY, ...times(11, 0) },
  { ...LATE, ...times(70, 4) },
  { kind: "wait", t: 1, sk: "1", times: 2, ns: 30 },
  { kind: "wait", t: 2, sk: "1", times: 5, ns: 90 },
];

test("totals in another order have the same result", () => {
  const inOrder = newCalls();
  const reversed = newCalls();
  for (const line of LINES) addCalls(inOrder, line);
  for (const line of LINES.toReversed()) addCalls(reversed, line);
  assert.deepEqual(reversed, inOrder);
  assert.deepEqual([inOrder.recvs, inOrder.bytes, inOrder.waits], [9, 1000000, 5]);
});

test("older totals of the map of births do not replace newer ones", async () => {
  const { header, events } = await read(readFileSync(new URL("leak-v1.jsonl", RECORDINGS)));
  const destroy = events.find(({ kind }) => kind === "destroy") as ProbeEvent<"destroy">;
  const hold = (t: number, held: number, total: number): ProbeEvent<"hold"> => ({
    kind: "hold",
    t,
    sk: destroy.sk,
    held,
    oldest: 0,
    age: 0,
    total,
    overtaken: 0,
    untracked: 0,
    unknown: 0,
  });
  const ledger = newLedger(header);
  for (const event of events) {
    if (event === destroy)
      for (const line of [hold(destroy.t, 23, 500), hold(destroy.t - 1, 90, 100)]) apply(ledger, line);
    apply(ledger, event);
  }
  const { holds } = ledger.sockets.find(({ sk }) => sk === destroy.sk) ?? assert.fail();
  assert.deepEqual([holds?.at, holds?.tracked, holds?.total], [destroy.t, 23, 500]);
});
