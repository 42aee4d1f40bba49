// player - At any time in a recording the ledger is the one that reading up to that time gives.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import type { Event } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import { reportOf } from "../report/report.ts";
import { cases } from "../testing/gauntlet.ts";
import { asText, FILES, packed, read as readAll } from "../testing/recordings.ts";
import { openRecording } from "./files.ts";
import { openPlayer } from "./player.ts";

const dir = mkdtempSync(join(tmpdir(), "devmem-trace-player-"));
after(() => rmSync(dir, { recursive: true }));

/** Small enough that every capture has several chapters. */
const SMALL = { read: 512, chapter: 3 };

const files: string[] = [];
for (const file of FILES) {
  const { header, events } = await readAll(readFileSync(file));
  const [blocks, text] = [join(dir, `${basename(file)}.blocks`), join(dir, `${basename(file)}.text`)];
  writeFileSync(blocks, packed(header, events, { block: 5, chunk: 15 }));
  writeFileSync(text, asText(header, events));
  files.push(file, blocks, text);
}

async function eventsOf(file: string): Promise<Event[]> {
  const events = [];
  for await (const event of (await openRecording(file)).events) events.push(event);
  return events;
}

for (const file of files) {
  const name = file.split("/").at(-1);

  test(`${name}: after any jumps the ledger is that of reading up to there`, async () => {
    const events = await eventsOf(file);
    const player = await openPlayer(file, SMALL);
    const jump = fc.integer({ min: -1, max: Math.round(player.end) + 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 5 }), async (jumps) => {
        for (const t of jumps)
          assert.deepEqual(reportOf(player.at(t)), reportOf(read(player.header, events, t)));
      }),
      { numRuns: cases(5, 50), seed: 20261124 },
    );
  });

  test(`${name}: consecutive pieces make up the whole`, async () => {
    const player = await openPlayer(file, SMALL);
    const pieces = [];
    for (const [from, to] of [
      [-1, player.end / 3],
      [player.end / 3, player.end / 2],
      [player.end / 2, player.end],
    ] as const)
      for (const event of player.between(from, to)) pieces.push(event);
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

test("leaks are found in both directions, in the order of the closes", async () => {
  const player = await openPlayer(FILES.find((f) => f.endsWith("misdeeds-v1.jsonl")) as string);
  const forward = [];
  for (let t = player.seek(-1, "leak", 1); t !== null; t = player.seek(t, "leak", 1)) forward.push(t);
  const backward = [];
  for (let t = player.seek(Infinity, "leak", -1); t !== null; t = player.seek(t, "leak", -1))
    backward.unshift(t);
  const closed = player
    .at(player.end)
    .sockets.filter((s) => s.heldAtClose > 0)
    .map((s) => s.closedAt);
  assert.ok(closed.length > 1);
  assert.deepEqual(
    forward,
    closed.sort((a, b) => a - b),
  );
  assert.deepEqual(backward, forward);
});

test("a step never stops at a tick or a count, and stepping forward stops at every close", async () => {
  const file = FILES.find((f) => f.endsWith("leak-v1.jsonl")) as string;
  const player = await openPlayer(file);
  const steps = new Set<number>();
  for (let t = player.seek(-1, "event", 1); t !== null; t = player.seek(t, "event", 1)) steps.add(t);
  const events = await eventsOf(file);
  for (const event of events.filter((e) => e.kind === "close" || e.kind === "unbind"))
    assert.ok(steps.has(event.t));
  assert.ok(steps.size < events.length / 2);
});

test("before: never more events than asked for, and all if there are no more", async () => {
  for (const file of files) {
    const player = await openPlayer(file, SMALL);
    for (const to of [player.end, player.end / 2])
      for (const events of [0, 1, 7, 1e6]) {
        const from = player.before(to, events);
        assert.ok([...player.between(from, to)].length <= events);
        if (events === 1e6)
          assert.equal([...player.between(from, to)].length, [...player.between(-1, to)].length);
      }
  }
});
