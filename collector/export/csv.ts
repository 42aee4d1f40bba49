// csv - A table as CSV (RFC 4180): no cell is a formula to a spreadsheet, no text a command to a terminal.

import { pipeline, Readable } from "node:stream";
import { stringify } from "csv-stringify";
import { printable } from "../base/format.ts";
import type { Stream } from "../recording/stream.ts";
import type { ExportOptions } from "./exporter.ts";
import { type Cell, type Sheet, sheetOf } from "./row-table.ts";

/** The rows of a table, titles first, as they come. */
export async function* csv(stream: Stream, { table }: ExportOptions): AsyncGenerator<string> {
  const sheet = sheetOf(stream, table);
  const lines = stringify({
    header: true,
    columns: sheet.columns.map(({ name }) => name),
    record_delimiter: "windows",
    escape_formulas: true,
  });
  // The error of a source reaches the reader of `lines`.
  pipeline(Readable.from(texts(sheet)), lines, () => {});
  for await (const chunk of lines) yield String(chunk);
}

async function* texts({ columns, rows }: Sheet): AsyncGenerator<(Cell | undefined)[]> {
  for await (const row of rows) yield row.map((cell, i) => text(cell, columns[i]?.type === "time"));
}

function text(cell: Cell, isTime: boolean): Cell {
  if (typeof cell === "bigint" && isTime) return isoTime(cell);
  return typeof cell === "string" ? printable(cell) : cell;
}

/** ns since 1970 as ISO 8601 with all nine digits. */
function isoTime(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, "0")}Z`;
}
