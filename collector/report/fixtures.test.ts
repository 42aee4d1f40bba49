// fixtures - Real captures from the testbed: the lines live prints and the report of each, kept as text.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { follow, type Sink } from "../recording/follow.ts";
import { eventLine } from "../recording/format/event-line.ts";
import { headerLine } from "../recording/format/header.ts";
import { readRecording } from "../recording/stream.ts";
import { golden } from "../testing/golden.ts";
import { lineFor } from "./event-lines.ts";
import { reportOf } from "./report.ts";
import { reportText } from "./text.ts";

const RECORDINGS = new URL("../testdata/recordings/", import.meta.url);
const names = readdirSync(RECORDINGS).filter((name) => name.endsWith(".jsonl"));

async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

function linesOf(name: string): string[] {
  return readFileSync(new URL(name, RECORDINGS), "utf8").trimEnd().split("\n");
}

for (const name of names) {
  test(`${name}: the lines and the report`, async () => {
    const printed: string[] = [];
    const lines: Sink = (event, ledger, changes) => {
      const line = lineFor(ledger, event, changes);
      if (line !== null) printed.push(line);
    };
    const ledger = await follow(await readRecording(each(linesOf(name)), name), lines);
    golden(
      new URL(`testdata/${name}.txt`, import.meta.url),
      [...printed, "", ...reportText(reportOf(ledger)), ""].join("\n"),
    );
  });

  test(`${name}: written again, it is the same recording`, async () => {
    const stream = await readRecording(each(linesOf(name)), name);
    const again = [headerLine(stream.header)];
    for await (const event of stream.events) again.push(eventLine(event));
    assert.deepEqual(again, linesOf(name));
  });
}

test("cut after any line, the leak is reported or the run is inconclusive", async () => {
  const lines = linesOf("leak-v1.jsonl");
  for (let kept = 1; kept < lines.length; kept++) {
    const report = reportOf(await follow(await readRecording(each(lines.slice(0, kept)), "cut")));
    assert.notEqual(report.verdict, "clean", `after ${kept} lines`);
  }
});
