// parquet - A table as Parquet, one group of rows at a time. Text is data here, and stays as the traced host has it.

import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { compactJson } from "../base/json.ts";
import type { Header } from "../events/event.ts";
import type { Stream } from "../recording/stream.ts";
import type { ExportOptions } from "./exporter.ts";
import { type Cell, type CellType, type Column, tableOf } from "./row-table.ts";

/** Rows in memory at a time. */
const GROUP = 16384;

/** The rows of a table in groups, the footer last. */
export async function* parquet(stream: Stream, { table }: ExportOptions): AsyncGenerator<Uint8Array> {
  const { columns, rows } = tableOf(stream, table);
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(element)],
    kvMetadata: metadata(stream.header),
  });
  for await (const group of grouped(rows)) {
    writer.write({ columnData: columnData(columns, group), rowGroupSize: GROUP });
    yield take(bytes);
  }
  writer.finish();
  yield take(bytes);
}

/** Rows by the group; the last one may be smaller, none is empty. */
async function* grouped(rows: AsyncIterable<Cell[]>): AsyncGenerator<Cell[][]> {
  let group: Cell[][] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function columnData(columns: Column[], group: Cell[][]) {
  return columns.map(({ name, type }, i) => ({ name, data: group.map((row) => value(row[i], type)) }));
}

function element({ name, type }: Column): SchemaElement {
  const repetition_type = "OPTIONAL";
  if (type === "text") return { name, repetition_type, type: "BYTE_ARRAY", converted_type: "UTF8" };
  if (type === "int") return { name, repetition_type, type: "INT64" };
  const logical_type = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" } as const;
  return { name, repetition_type, type: "INT64", logical_type };
}

function value(cell: Cell | undefined, type: CellType): string | bigint | null {
  if (cell === null || cell === undefined) return null;
  return type === "text" ? String(cell) : BigInt(cell);
}

/** The bytes written since the last time. */
function take(bytes: ByteWriter): Uint8Array {
  const written = bytes.getBytes().slice();
  bytes.index = 0;
  return written;
}

/** The recording's header, so that the file states where it came from. */
function metadata(header: Header): { key: string; value: string }[] {
  return [{ key: "devmem-trace", value: compactJson(header) }];
}
