// hostile - Malicious files: an error or a loss, in bounded memory, and nothing that a terminal would interpret.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { UserError } from "../base/errors.ts";
import { harmless } from "../base/format.ts";
import type { Event } from "../events/event.ts";
import { follow } from "../recording/follow.ts";
import { FIELD_NAMES } from "../recording/format/columns.ts";
import { eventLine } from "../recording/format/event-line.ts";
import { frameOf } from "../recording/format/frames.ts";
import { headerLine } from "../recording/format/header.ts";
import { linesOf } from "../recording/format/lines.ts";
import { readRecording } from "../recording/stream.ts";
import { cases } from "../testing/gauntlet.ts";
import { HEADER, run } from "../testing/kernel.ts";
import { read, streamOf } from "../testing/recordings.ts";
import { lineFor } from "./event-lines.ts";
import { reportOf } from "./report.ts";
import { reportText } from "./text.ts";

const head = headerLine({ ...HEADER, devmemTrace: 2, fields: FIELD_NAMES });
const MIB = 2 ** 20;
const MEMBERS = cases(4, 16);

/** Runs `work`; what it adds to the process's largest resident size must stay below `limit`, MiB. */
async function bounded(limit: number, work: () => Promise<unknown>): Promise<void> {
  const before = process.resourceUsage().maxRSS;
  await work();
  const grown = (process.resourceUsage().maxRSS - before) / 1024;
  assert.ok(grown < limit, `grew by ${Math.round(grown)} MiB`);
}

async function* repeated(first: string, piece: Buffer, times: number): AsyncGenerator<Buffer> {
  yield Buffer.from(first);
  for (let i = 0; i < times; i++) yield piece;
}

async function summary(bytes: AsyncIterable<Buffer>): Promise<{ kinds: string[]; lost: number }> {
  const kinds: string[] = [];
  let lost = 0;
  for await (const event of (await readRecording(linesOf(bytes, "x"), "x")).events) {
    if (kinds.at(-1) !== event.kind) kinds.push(event.kind);
    if (event.kind === "lost") lost += event.count;
  }
  return { kinds, lost };
}

test("a line of 1 GB is one lost event, and what follows is read", () =>
  bounded(200, async () => {
    const bytes = repeated(`${head}\n`, Buffer.alloc(MIB, "x"), 1024);
    const tail = async function* () {
      yield* bytes;
      yield Buffer.from('\n{"kind":"tick","t":5}\n');
    };
    assert.deepEqual(await summary(tail()), { kinds: ["lost", "tick", "end"], lost: 1 });
  }));

test("a first line of 1 GB is refused", () =>
  bounded(200, () =>
    assert.rejects(summary(repeated("", Buffer.alloc(MIB, "x"), 1024)), /x is not a devmem-trace recording/),
  ));

test(`gzip bombs: ${64 * MEMBERS} MiB in a small file, as a recording and as a frame of one`, () =>
  bounded(250, async () => {
    const member = gzipSync(Buffer.alloc(64 * MIB, "x"));
    const bomb = Buffer.concat([gzipSync(`${head}\n`), ...Array.from({ length: MEMBERS }, () => member)]);
    assert.equal((await read(bomb)).events.length, 2);
    const frame = frameOf("y".repeat(40 * MIB));
    const framed = Buffer.concat([frameOf(`${head}\n`), frame, frameOf('{"kind":"tick","t":5}\n')]);
    const events = (await read(framed)).events;
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["lost", "tick", "end"],
    );
  }));

/** Each is a line that claims to be a block. */
const BLOCKS: Record<string, object> = {
  "more events than it can hold": { order: ["tick", 2 ** 40], columns: { tick: [0] } },
  "more than its columns have": { order: ["tick", 3], columns: { tick: [[1, 2]] } },
  "no columns": { order: ["tick", 3], columns: {} },
  "columns that are no columns": { order: ["tick", 1], columns: { tick: ["ab"] } },
  "a text that was never told": { order: ["free", 1], columns: { free: [1, 7] } },
  "a text by another name": { order: ["free", 1], columns: { free: [1, "length"] } },
  "a number that is a text": { order: ["tick", 1], columns: { tick: [["5"]] } },
  "a number past all numbers": { order: ["tick", 1], columns: { tick: [[1e308]] } },
  "a kind every object has": { order: ["constructor", 1], columns: {} },
  "an order that is none": { order: [1, "tick"], columns: {} },
  "an order of half a pair": { order: ["tick"], columns: {} },
  "a negative count": { order: ["tick", -1], columns: { tick: [0] } },
};

for (const [name, block] of Object.entries(BLOCKS))
  test(`a block with ${name} is lost`, async () => {
    const line = JSON.stringify({ first: 0, fresh: true, texts: [], ...block });
    const { events } = await read(Buffer.from(`${head}\n${line}\n`));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["lost", "end"],
    );
  });

test("a block that depends on a lost one is lost with it, up to the next fresh one; the events are counted", async () => {
  const tick = (first: number, fresh: boolean) =>
    JSON.stringify({ first, fresh, texts: [], order: ["tick", 2], columns: { tick: [[5, 1]] } });
  const lines = [head, tick(0, true), "{garbage", tick(4, false), tick(6, true), ""];
  const { events } = await read(Buffer.from(lines.join("\n")));
  assert.deepEqual(
    events.map((event) => (event.kind === "lost" ? event.count : event.kind)),
    ["tick", "tick", 4, "tick", "tick", "end"],
  );
});

test("events of a kind or with a field of a newer program are skipped, and counted as lost", async () => {
  const fields = { ...FIELD_NAMES, tick: ["t", "mood"], fancy: ["t", "x"], free: ["t"] };
  const block = {
    ...{ first: 0, fresh: true, texts: ["a"], order: ["tick", 1, "fancy", 2, "tick", 1, "free", 1] },
    columns: { tick: [[5, 5], 0], fancy: [[1, 1], 0], free: [1] },
  };
  const lines = [headerLine({ ...HEADER, devmemTrace: 2, fields }), JSON.stringify(block), ""];
  const { events } = await read(Buffer.from(lines.join("\n")));
  assert.deepEqual(
    events.map((event) => (event.kind === "lost" ? event.count : `${event.kind} ${event.t}`)),
    ["tick 5", 2, "tick 12", 1, "end 13"],
  );
});

test("deep nesting is not a recording, or one lost event", async () => {
  const deep = `${"[".repeat(2e6)}`;
  await assert.rejects(read(Buffer.from(deep)), UserError);
  assert.deepEqual((await read(Buffer.from(`${head}\n${deep}\n`))).events.length, 2);
});

test("a return that claims to name every number", async () => {
  const { events } = run([{ act: "issue", socket: 0, tokens: 5 }], 1);
  const claim: Event = {
    ...{
      kind: "return",
      t: 9,
      sk: "s0",
      first: 1,
      count: Number.MAX_SAFE_INTEGER,
      tid: 1,
      pid: 1,
      comm: "x",
    },
  };
  const lines = [headerLine(HEADER), ...[...events.slice(0, -1), claim].map(eventLine), ""].join("\n");
  const ledger = await follow(await streamOf(Buffer.from(lines)));
  assert.deepEqual(ledger.sockets[0]?.strays, [{ first: 1, count: 1024, tid: 1 }]);
});

const EVIL = "\u001b[2J\u009b31m\u0007\u202egnp.exe\r";
/** C0 but the line end, DEL, C1 and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject here
const INTERPRETED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

test("no text of a recording reaches the terminal as a command, whatever field it is in", async () => {
  const { events } = run(
    [
      { act: "issue", socket: 0, tokens: 5 },
      { act: "close", socket: 0, tokens: 0 },
    ],
    1,
  );
  const evil = (event: Event): Event =>
    Object.fromEntries(
      Object.entries(event).map(([name, value]) => {
        const isName = name === "kind" || name === "reason" || name === "what";
        return [name, typeof value === "string" && !isName ? `${value}${EVIL}` : value];
      }),
    ) as Event;
  const told: Event[] = [...events.slice(0, -1), { kind: "lost", t: 5, count: 1, what: "parse", detail: "" }];
  const end: Event = { kind: "end", t: 9, reason: "died", detail: "gone" };
  const kernel = { release: EVIL, variant: "xarray" as const };
  const header = headerLine({ ...HEADER, kernel, bpftrace: EVIL, tool: EVIL, host: EVIL });
  const text = [header, ...[...told, end].map((event) => eventLine(evil(event))), ""].join("\n");
  const printed: string[] = [];
  const ledger = await follow(await streamOf(Buffer.from(text)), (event, now, changes) => {
    printed.push(lineFor(now, event, changes) ?? "");
  });
  for (const line of [...printed, ...reportText(reportOf(ledger))]) assert.doesNotMatch(line, INTERPRETED);
});

test("on the way to a terminal, what it would interpret is spelled out, and JSON stays the same JSON", () => {
  const value = { comm: EVIL, tab: "a\tb" };
  const printed = harmless(JSON.stringify(value, null, 2));
  assert.deepEqual(JSON.parse(printed), value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject here
  assert.doesNotMatch(printed, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
});
