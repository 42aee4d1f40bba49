// fuzz - Probe lines and recordings, mutated at random: no crash, no hang, bounded memory, no control characters in output.
//
// With --all a million lines and ten thousand recordings.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UserError } from "../../base/errors.ts";
import { readLine } from "../../events/bpftrace-line.ts";
import type { Event, Header } from "../../events/event.ts";
import { FIELDS } from "../../events/kinds.ts";
import { epoch, parse } from "../../events/parse.ts";
import { apply, newLedger } from "../../ledger/ledger.ts";
import type { Ledger } from "../../ledger/state/ledger.ts";
import { lineFor } from "../../report/event-lines.ts";
import { reportOf } from "../../report/report.ts";
import { reportText } from "../../report/text.ts";
import { cases } from "../../testing/gauntlet.ts";
import { mutator } from "../../testing/mutations.ts";
import { each, packed, RECORDINGS, streamOf } from "../../testing/recordings.ts";
import { follow, type Sink } from "../follow.ts";
import { readRecording, type Stream } from "../stream.ts";
import { linesIn } from "./lines.ts";

const TIMES = cases(1, 100);
const LINES = 10_000 * TIMES;
const RECORDINGS_READ = 100 * TIMES;
/** A ledger keeps every socket it ever saw: after so many lines a new one is used. */
const LINES_PER_LEDGER = 2000;
const SEED = 20261124;
/** Bytes, beyond what the first round leaves behind. */
const GROWTH = 48 * 2 ** 20;

const captures = readdirSync(RECORDINGS)
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => readFileSync(new URL(name, RECORDINGS), "utf8").trimEnd().split("\n"));

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A recorded event as the probe printed it. */
function probeLine(event: Record<string, unknown>, t0: bigint): string {
  const fields = Object.entries(FIELDS[event.kind as Event["kind"]]).map(([name, type]) => {
    const value = type === "time" && event[name] !== 0 ? t0 + BigInt(event[name] as number) : event[name];
    return `${name}=${value}`;
  });
  return [event.kind, ...fields].join(" ");
}

const headers = captures.map(([first = ""]) => JSON.parse(first) as Header);
const lines = captures.flatMap(([, ...rest], i) =>
  rest.map((line) => probeLine(JSON.parse(line), BigInt(headers[i]?.t0 ?? 0))),
);

/** Control characters, including C1: a terminal would act on them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

function assertHarmless(...texts: string[]): void {
  for (const text of texts) assert.doesNotMatch(text, CONTROL);
}

function take(ledger: Ledger, event: Event): void {
  const line = lineFor(ledger, event, apply(ledger, event));
  if (line !== null) assertHarmless(line);
}

function eventFrom(raw: string, header: Header): Event | null {
  const line = readLine(raw);
  if (line?.kind === "text") return parse(line.text, epoch(header.t0));
  return line?.kind === "lost"
    ? { kind: "lost", t: 0, count: line.count, what: "bpftrace", detail: "" }
    : null;
}

test(`${LINES} probe lines mutated at random`, (t) => {
  const mutate = mutator(SEED);
  let read = 0;
  let after = 0;
  for (let from = 0; from < LINES; from += LINES_PER_LEDGER) {
    const header = headers[(from / LINES_PER_LEDGER) % headers.length] as Header;
    const ledger = newLedger(header);
    for (let i = from; i < from + LINES_PER_LEDGER; i++) {
      const line = mutate.text(lines[mutate.below(lines.length)] as string, lines);
      const raw = mutate.below(8) > 0 ? JSON.stringify({ type: "printf", data: `${line}\n` }) : line;
      const event = eventFrom(mutate.below(8) > 0 ? raw : mutate.text(raw, lines), header);
      if (event) read += 1;
      if (event) take(ledger, event);
    }
    assertHarmless(...reportText(reportOf(ledger)));
    after ||= heap();
  }
  const grown = heap() - after;
  t.diagnostic(`${read} of ${LINES} were still lines; heap grew by ${Math.round(grown / 1024)} KiB`);
  assert.ok(read > LINES / 20, "hardly any line was read, which tests nothing");
  assert.ok(grown < GROWTH, `heap grew by ${grown} bytes`);
});

/** The captures in compressed blocks, and those blocks as lines. */
const compressed = captures.map(([, ...rest], i) =>
  packed(
    headers[i] as Header,
    rest.map((line) => JSON.parse(line) as Event),
    { block: 64, chunk: 256 },
  ),
);
const blocks = compressed.map((bytes) => [...linesIn([bytes])].filter((line) => typeof line === "string"));

/** A recording of one of the formats, with mutated lines or mutated compressed bytes. */
function someRecording(mutate: ReturnType<typeof mutator>): Promise<Stream> {
  const which = mutate.below(captures.length);
  if (mutate.below(4) === 0) return streamOf(mutate.bytes(compressed[which] as Buffer));
  const from = (mutate.below(2) === 0 ? captures : blocks)[which] as string[];
  return readRecording(each(mutate.some(from)), "x");
}

test(`${RECORDINGS_READ} recordings mutated at random`, async (t) => {
  const mutate = mutator(SEED + 1);
  const outcomes: Record<string, number> = {};
  const look: Sink = (event, ledger, changes) => {
    const line = lineFor(ledger, event, changes);
    if (line !== null) assertHarmless(line);
  };
  let after = 0;
  for (let i = 0; i < RECORDINGS_READ; i++) {
    const outcome = await someRecording(mutate)
      .then((stream) => follow(stream, look))
      .then((ledger) => {
        const report = reportOf(ledger);
        assertHarmless(...reportText(report));
        assert.equal(typeof JSON.stringify(report), "string");
        return report.verdict;
      })
      .catch((error) => {
        if (!(error instanceof UserError)) throw error;
        assertHarmless(error.message);
        return "refused";
      });
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (i === 50) after = heap();
  }
  const grown = heap() - after;
  t.diagnostic(`${JSON.stringify(outcomes)}; heap grew by ${Math.round(grown / 1024)} KiB`);
  assert.ok(grown < GROWTH, `heap grew by ${grown} bytes`);
});
