// row-table - Sockets, bindings and events as CSV and Parquet, read back by independent readers and compared with report and recording.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Table as ArrowTable, tableFromIPC } from "apache-arrow";
import { parse } from "csv-parse/sync";
import { readParquet } from "parquet-wasm/node";
import { printable } from "../base/format.ts";
import type { Event } from "../events/event.ts";
import { LONGEST_NS } from "../events/fields.ts";
import { select } from "../report/selection.ts";
import { exported } from "../testing/exports.ts";
import { capture, named } from "../testing/recordings.ts";
import type { Table } from "./exporter.ts";

const CAPTURES = ["clean-v1", "leak-v1", "misdeeds-v1", "tokens-v1", "manual-v1", "manual-tokens-v1"];

type Row = Record<string, unknown>;

const stream = (name: string, comm?: string) => (comm === undefined ? capture(name) : named(name, comm));
const reportOf = async (name: string) => (await select(await capture(name), {})).report;

async function fromCsv(name: string, table: Table, comm?: string): Promise<Record<string, string>[]> {
  const text = (await exported(stream(name, comm), "csv", { table })).toString();
  return parse(text, { columns: true }) as Record<string, string>[];
}

async function fromParquet(name: string, table: Table, comm?: string): Promise<Row[]> {
  const bytes = await exported(stream(name, comm), "parquet", { table });
  const read: ArrowTable = tableFromIPC(readParquet(bytes).intoIPCStream());
  return read.toArray().map((row) => row.toJSON());
}

async function eventsOf(name: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of (await capture(name)).events) events.push(event);
  return events;
}

for (const name of CAPTURES)
  test(`${name}: one row per socket, with the numbers of the report`, async () => {
    const { sockets, bindings } = await reportOf(name);
    const numbers = [
      "pid",
      "issued",
      "returned",
      "reclaimed",
      "swept",
      "outstanding",
      "heldAtClose",
      "pinnedBytes",
    ] as const;
    const expected = sockets.map((s) => [s.verdict, s.local, s.remote, ...numbers.map((field) => s[field])]);
    const rows = [await fromCsv(name, "sockets"), await fromParquet(name, "sockets")];
    for (const read of rows)
      assert.deepEqual(
        read.map((row) => [
          row.verdict,
          row.local,
          row.remote,
          ...numbers.map((field) => Number(row[field])),
        ]),
        expected,
      );
    for (const read of [await fromCsv(name, "bindings"), await fromParquet(name, "bindings")])
      assert.deepEqual(
        read.map((row) => [Number(row.dmabufId), row.verdict, Number(row.bytes), Number(row.heldAtUnbind)]),
        bindings.map((b) => [b.id, b.verdict, b.bytes, b.heldAtUnbind]),
      );
  });

for (const name of CAPTURES)
  test(`${name}: one row per event, with every field`, async () => {
    const [csv, parquet] = [await fromCsv(name, "events"), await fromParquet(name, "events")];
    const events = await eventsOf(name);
    assert.deepEqual([csv.length, parquet.length], [events.length, events.length]);
    for (const [i, event] of events.entries())
      for (const [field, value] of Object.entries(event)) {
        assert.equal(csv[i]?.[field], String(value), `${field} of line ${i + 2}`);
        const cell = parquet[i]?.[field];
        assert.equal(typeof cell === "bigint" ? Number(cell) : cell, value, `${field} of line ${i + 2}`);
      }
  });

test("times are wall-clock times, to the nanosecond", async () => {
  const [csv] = await fromCsv("leak-v1", "events");
  const [first] = await eventsOf("leak-v1");
  const start = BigInt(Date.parse("2026-11-23T05:52:08.203Z")) * 1_000_000n;
  const [, seconds, fraction] = /^(.{19})\.(\d{9})Z$/.exec(csv?.wall ?? "") ?? assert.fail(csv?.wall);
  const ns = BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction as string);
  assert.equal(ns - start, BigInt(first?.t ?? 0));
  const bytes = await exported(capture("leak-v1"), "parquet", { table: "events" });
  const wall = tableFromIPC(readParquet(bytes).intoIPCStream()).getChild("wall");
  assert.match(String(wall?.type), /Timestamp<NANOSECOND/);
  assert.equal(wall?.data[0]?.values[0], ns);
});

test("the latest time that a recording may have is a time in Parquet, of an event and of a socket; a later one is none", async () => {
  const wall = "2199-12-31T23:59:59.999Z";
  /** A capture made at the end of 2199 whose close is at `t`. */
  const closedAt = async (t: number) => {
    const { header, events } = await capture("leak-v1", (line) =>
      line.replace(/("kind":"close","t":)\d+/, `$1${t}`),
    );
    return { header: { ...header, t0: String(LONGEST_NS), wall }, events };
  };
  const latest = BigInt(Date.parse(wall)) * 1_000_000n + BigInt(LONGEST_NS);
  for (const [table, column] of [
    ["events", "wall"],
    ["sockets", "closedAt"],
  ] as const) {
    const bytes = await exported(closedAt(LONGEST_NS), "parquet", { table });
    const times = tableFromIPC(readParquet(bytes).intoIPCStream()).getChild(column)?.data[0]?.values;
    assert.ok(times.includes(latest), `${table} ${column}`);
  }
  const rows = await exported(closedAt(LONGEST_NS + 256), "csv", { table: "events" });
  assert.doesNotMatch(rows.toString(), /,close,/);
});

test("what looks like a formula is text to a spreadsheet", async () => {
  for (const comm of ["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|"/c calc"!A0', 'a","b', "a\r\n=1"]) {
    const rows = [
      ...(await fromCsv("leak-v1", "sockets", comm)),
      ...(await fromCsv("leak-v1", "events", comm)),
    ];
    const cells = rows.map((row) => row.comm as string).filter((cell) => cell !== "");
    assert.ok(cells.length > 1);
    for (const cell of cells) {
      assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
      assert.equal(cell.replace(/^'/, ""), printable(comm));
    }
  }
});

test("a negative number is not a formula", async () => {
  const rows = await fromCsv("misdeeds-v1", "events");
  assert.ok(rows.some(({ kind, err }) => kind === "refused" && err === "-22"));
});

test("Parquet keeps a name as it is", async () => {
  const comm = '=1+1";\u001b[31m\u202e\u0000é\u{1f600}';
  const rows = await fromParquet("leak-v1", "sockets", comm);
  assert.equal(rows[0]?.comm, comm);
});

test("Parquet with more than one group of rows", async () => {
  const { header } = await capture("leak-v1");
  async function* ticks() {
    for (let t = 0; t < 40_000; t++) yield { kind: "tick", t } as const;
  }
  const bytes = await exported({ header, events: ticks() }, "parquet", { table: "events" });
  const read = tableFromIPC(readParquet(bytes).intoIPCStream());
  assert.equal(read.numRows, 40_000);
  assert.equal(read.getChild("t")?.get(39_999), 39_999n);
});
