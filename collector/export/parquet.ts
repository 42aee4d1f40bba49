// parquet - A table as Parquet, a group of rows at a time. Text is data here: it stays as the traced side has it.

import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Header } from "../events/event.ts";
import type { Stream } from "../recording/stream.ts";
import type { ExportOptions } from "./exporter.ts";
import { type Cell, type CellType, sheetOf } from "./row-table.ts";

/** Rows in memory at a time. */
const GROUP = 16384;

/** The rows of a table in groups, the footer last. */
export async function* parquet(stream: Stream, { table }: ExportOptions): AsyncGenerator<Uint8Array> {
  const { columns, rows } = sheetOf(stream, table);
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(element)],
    kvMetadata: metadata(stream.header),
  });
  let group: Cell[][] = [];
  const flush = () => {
    if (group.length > 0)
      writer.write({
        columnData: columns.map(({ name, type }, i) => ({
          name,
          data: group.map((row) => value(row[i], type)),
        })),
        rowGroupSize: GROUP,
      });
    group = [];
    return take(bytes);
  };
  for await (const row of rows) {
    group.push(row);
    if (group.length === GROUP) yield flush();
  }
  yield flush();
  writer.finish();
  yield take(bytes);
}

function element({ name, type }: { name: string; type: CellType }): SchemaElement {
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

/** What was written since the last time. */
function take(bytes: ByteWriter): Uint8Array {
  const written = bytes.getBytes().slice();
  bytes.index = 0;
  return written;
}

/** The recording's header: the file says by itself what it is of. */
function metadata(header: Header): { key: string; value: string }[] {
  return [{ key: "devmem-trace", value: JSON.stringify(header) }];
}
