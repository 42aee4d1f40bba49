// player - Wherever one moves in a recording, the ledger is the one that reading it up to there gives.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Event } from "./event.ts";
import { openRecording } from "./files.ts";
import { apply, newLedger } from "./ledger.ts";
import { load, openPlayer } from "./player.ts";
import { reportOf } from "./report.ts";

const RECORDINGS = new URL("testdata/recordings/", import.meta.url);
const files = readdirSync(RECORDINGS).map((name) => fileURLToPath(new URL(name, RECORDINGS)));

async function eventsOf(file: string): Promise<Event[]> {
  const events = [];
  for await (const event of (await openRecording(file)).events) events.push(event);
  return events;
}

for (const file of files) {
  const name = file.split("/").at(-1);

  test(`${name}: jumping about, the ledger is that of reading up to there`, async () => {
    const events = await eventsOf(file);
    const player = await load(await openRecording(file), 3);
    const jump = fc.integer({ min: -1, max: Math.round(player.end) + 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 5 }), async (jumps) => {
        for (const t of jumps)
          assert.deepEqual(reportOf(await player.at(t)), reportOf(read(player.header, events, t)));
      }),
      { numRuns: 30 },
    );
  });

  test(`${name}: the pieces between are the whole`, async () => {
    const player = await openPlayer(file);
    const pieces = [];
    for (const [from, to] of [
      [-1, player.end / 3],
      [player.end / 3, player.end / 2],
      [player.end / 2, player.end],
    ] as const)
      for await (const event of player.between(from, to)) pieces.push(event);
    assert.deepEqual(pieces, await eventsOf(file));
  });
}

function read(header: Parameters<typeof newLedger>[0], events: Event[], t: number) {
  const ledger = newLedger(header);
  for (const event of events) {
    const before = ledger.now;
    if (Math.max(before, event.t) > t) break;
    apply(ledger, event);
  }
  return ledger;
}

test("leaks are found in both directions, in the order of their closes", async () => {
  const player = await openPlayer(files.find((f) => f.endsWith("misdeeds-v1.jsonl")) as string);
  const forward = [];
  for (let t = await player.seek(-1, "leak", 1); t !== null; t = await player.seek(t, "leak", 1))
    forward.push(t);
  const backward = [];
  for (let t = await player.seek(Infinity, "leak", -1); t !== null; t = await player.seek(t, "leak", -1))
    backward.unshift(t);
  const closed = (await player.at(player.end)).sockets
    .filter((s) => s.heldAtClose > 0)
    .map((s) => s.closedAt);
  assert.ok(closed.length > 1);
  assert.deepEqual(
    forward,
    closed.sort((a, b) => a - b),
  );
  assert.deepEqual(backward, forward);
});

test("an event of interest is never a tick or a count, and stepping forward passes every close", async () => {
  const file = files.find((f) => f.endsWith("leak-v1.jsonl")) as string;
  const player = await openPlayer(file);
  const steps = new Set<number>();
  for (let t = await player.seek(-1, "event", 1); t !== null; t = await player.seek(t, "event", 1))
    steps.add(t);
  const events = await eventsOf(file);
  for (const event of events.filter((e) => e.kind === "close" || e.kind === "unbind"))
    assert.ok(steps.has(event.t));
  assert.ok(steps.size < events.length / 2);
});
