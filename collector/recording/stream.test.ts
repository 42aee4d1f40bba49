// stream - What is written is read back; damage becomes an error message or a lost event, never a crash.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UserError } from "../base/errors.ts";
import type { Event } from "../events/event.ts";
import { reportOf } from "../report/report.ts";
import { cases } from "../testing/gauntlet.ts";
import { HEADER, run, type Step } from "../testing/kernel.ts";
import { each } from "../testing/recordings.ts";
import { follow } from "./follow.ts";
import { eventLine } from "./format/event-line.ts";
import { headerLine } from "./format/header.ts";
import { readRecording } from "./stream.ts";

const LEAKY: Step[] = [
  { act: "issue", socket: 0, tokens: 61 },
  { act: "return", socket: 0, tokens: 38 },
  { act: "close", socket: 0, tokens: 0 },
  { act: "destroy", socket: 0, tokens: 0 },
];

async function read(lines: string[]): Promise<Event[]> {
  const events = [];
  for await (const event of (await readRecording(each(lines), "x")).events) events.push(event);
  return events;
}

test("events are read back as they were written", async () => {
  const { events } = run(LEAKY, 1);
  assert.deepEqual(await read([headerLine(HEADER), ...events.map(eventLine)]), events);
});

test("cut anywhere, the verdict is right or inconclusive", async () => {
  const text = [headerLine(HEADER), ...run(LEAKY, 1).events.map(eventLine)].join("\n");
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: headerLine(HEADER).length, max: text.length }), async (cut) => {
      const stream = await readRecording(each(text.slice(0, cut).split("\n")), "x");
      const report = reportOf(await follow(stream));
      assert.notEqual(report.verdict, "clean");
    }),
    { numRuns: cases(50, 500), seed: 20261124 },
  );
});

test("an unreadable line is a lost event", async () => {
  const events = await read([
    headerLine(HEADER),
    "garbage",
    '{"kind":"close","t":1}',
    '{"kind":"tick","t":2}',
  ]);
  assert.deepEqual(
    events.map((e) => e.kind),
    ["lost", "lost", "tick", "end"],
  );
});

test("empty, foreign, damaged and newer files are refused with a message", async () => {
  const cases: [string[], RegExp][] = [
    [[], /^x is empty/],
    [["#!/bin/sh"], /not a devmem-trace recording/],
    [["[]"], /not a devmem-trace recording/],
    [
      [JSON.stringify({ ...HEADER, devmemTrace: 3 })],
      /format version 3; this devmem-trace reads versions 1 to 2/,
    ],
    [[JSON.stringify({ ...HEADER, devmemTrace: 1.5 })], /not a devmem-trace recording/],
    [[JSON.stringify({ ...HEADER, fields: { tick: 1 } })], /damaged header/],
    [["[".repeat(1e6)], /not a devmem-trace recording/],
    [[JSON.stringify({ ...HEADER, t0: "soon" })], /damaged header/],
  ];
  for (const [lines, sentence] of cases) {
    await assert.rejects(read(lines), (error) => error instanceof UserError && sentence.test(error.message));
  }
});
