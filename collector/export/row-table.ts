// row-table - A recording as a table: one row per socket, binding or event; the columns are known beforehand.

import type { Event, Header } from "../events/event.ts";
import { isNumeric } from "../events/fields.ts";
import { FIELDS } from "../events/kinds.ts";
import type { Stream } from "../recording/stream.ts";
import { exhaustionsOf } from "../report/details.ts";
import { findingText } from "../report/finding-text.ts";
import { select } from "../report/selection.ts";
import type { Report, ReportBinding, ReportSocket, Time } from "../report/shape.ts";
import type { Table } from "./exporter.ts";

/** `int`: up to 64 bits · `text` · `time`: ns since 1970, UTC. */
export type CellType = "int" | "text" | "time";

/** null: unknown, or not a field of this row. */
export type Cell = number | bigint | string | null;

export interface Column {
  name: string;
  type: CellType;
}

export interface RowTable {
  columns: Column[];
  rows: AsyncIterable<Cell[]>;
}

/** The table of a stream; reading its rows reads the stream. */
export function tableOf(stream: Stream, table: Table): RowTable {
  if (table === "events") return { columns: EVENT_COLUMNS, rows: eventRows(stream) };
  return table === "sockets"
    ? reportTable(stream, SOCKETS, (report) => report.sockets)
    : reportTable(stream, BINDINGS, (report) => report.bindings);
}

/** A column made from one row of the report. */
type ReportColumn<T> = [name: string, type: CellType, value: (row: T) => string | number | null];

function reportTable<T>(
  stream: Stream,
  columns: ReportColumn<T>[],
  rowsOf: (report: Report) => T[],
): RowTable {
  const wall = toWall(stream.header);
  async function* rows() {
    const { report } = await select(stream, {});
    for (const row of rowsOf(report))
      yield columns.map(([, type, value]) => (type === "time" ? wall(value(row)) : value(row)));
  }
  return { columns: columns.map(([name, type]) => ({ name, type })), rows: rows() };
}

type ToWall = (time: Time) => bigint | null;

/** From CLOCK_MONOTONIC ns to ns since 1970. */
function toWall({ t0, wall }: Header): ToWall {
  const offset = BigInt(Date.parse(wall)) * 1_000_000n - BigInt(t0);
  return (time) => (time === null ? null : BigInt(time) + offset);
}

/** Named as in the report's JSON, where it has the same value. */
const SOCKETS: ReportColumn<ReportSocket>[] = [
  ["socket", "text", (s) => s.id],
  ["verdict", "text", (s) => s.verdict],
  ["why", "text", (s) => s.why],
  ["pid", "int", (s) => s.pid],
  ["comm", "text", (s) => s.comm],
  ["closePid", "int", (s) => s.closePid],
  ["closeComm", "text", (s) => s.closeComm],
  ["netns", "int", (s) => s.netns],
  ["local", "text", (s) => s.local],
  ["remote", "text", (s) => s.remote],
  ["mode", "text", (s) => s.mode],
  ["dmabufIds", "text", (s) => s.dmabufIds.join(" ")],
  ["issued", "int", (s) => s.issued],
  ["returned", "int", (s) => s.returned],
  ["reclaimed", "int", (s) => s.reclaimed],
  ["swept", "int", (s) => s.swept],
  ["outstanding", "int", (s) => s.outstanding],
  ["heldAtClose", "int", (s) => s.heldAtClose],
  ["pinnedBytes", "int", (s) => s.pinnedBytes],
  ["payloadBytes", "int", (s) => s.payloadBytes],
  ["linearBytes", "int", (s) => s.linearBytes],
  ["firstTokenAt", "time", (s) => s.firstTokenAt],
  ["closedAt", "time", (s) => s.closedAt],
  ["destroyedAt", "time", (s) => s.destroyedAt],
  ["findings", "text", (s) => s.findings.map(findingText).join("; ")],
];

const BINDINGS: ReportColumn<ReportBinding>[] = [
  ["dmabufId", "int", (b) => b.id],
  ["verdict", "text", (b) => b.verdict],
  ["why", "text", (b) => b.why],
  ["ifname", "text", (b) => b.ifname],
  ["ifindex", "int", (b) => b.ifindex],
  ["queues", "text", (b) => b.queues.join(" ")],
  ["bytes", "int", (b) => b.bytes],
  ["pages", "int", (b) => b.pages],
  ["pageSize", "int", (b) => b.pageSize],
  ["pid", "int", (b) => b.pid],
  ["comm", "text", (b) => b.comm],
  ["outstanding", "int", (b) => b.outstanding],
  ["heldAtUnbind", "int", (b) => b.heldAtUnbind],
  ["dryEpisodes", "int", (b) => exhaustionsOf(b).episodes],
  ["failedAllocations", "int", (b) => exhaustionsOf(b).failed],
  ["boundAt", "time", (b) => b.boundAt],
  ["unboundAt", "time", (b) => b.unboundAt],
  ["freedAt", "time", (b) => b.freedAt],
];

/** Every field that any kind of event has; `t` and other times of a field are ns since the recording's start. */
const EVENT_FIELDS = new Map(Object.values(FIELDS).flatMap((fields) => Object.entries(fields)));
const EVENT_COLUMNS: Column[] = [
  { name: "wall", type: "time" },
  { name: "kind", type: "text" },
  ...[...EVENT_FIELDS].map(([name, type]) => ({
    name,
    type: isNumeric(type) ? ("int" as const) : ("text" as const),
  })),
];

async function* eventRows({ header, events }: Stream): AsyncGenerator<Cell[]> {
  const start = BigInt(Date.parse(header.wall)) * 1_000_000n;
  for await (const event of events) yield eventRow(event, start);
}

function eventRow(event: Event, start: bigint): Cell[] {
  const fields = event as unknown as Record<string, Cell | undefined>;
  return [
    start + BigInt(Math.round(event.t)),
    event.kind,
    ...[...EVENT_FIELDS.keys()].map((name) => fields[name] ?? null),
  ];
}
