// csv - A table as CSV (RFC 4180). No cell is a formula to a spreadsheet, and no text a command to a terminal.

import { pipeline, Readable } from "node:stream";
import { stringify } from "csv-stringify";
import { printable } from "../base/format.ts";
import type { Stream } from "../recording/stream.ts";
import type { ExportOptions } from "./exporter.ts";
import { type Cell, type RowTable, tableOf } from "./row-table.ts";

/** The rows of a table, titles first, as they come. */
export async function* csv(stream: Stream, { table }: ExportOptions): AsyncGenerator<string> {
  const rowTable = tableOf(stream, table);
  const lines = stringify({
    header: true,
    columns: rowTable.columns.map(({ name }) => name),
    record_delimiter: "windows",
    escape_formulas: true,
  });
  // An error of the source reaches the reader of `lines`.
  pipeline(Readable.from(escaped(rowTable)), lines, () => {});
  for await (const chunk of lines) yield String(chunk);
}

async function* escaped({ columns, rows }: RowTable): AsyncGenerator<(Cell | undefined)[]> {
  for await (const row of rows) yield row.map((cell, i) => escapedCell(cell, columns[i]?.type === "time"));
}

/** Quoting and formulas are the business of csv-stringify, which sees every cell. */
function escapedCell(cell: Cell, isTime: boolean): Cell {
  if (typeof cell === "bigint" && isTime) return isoTime(cell);
  return typeof cell === "string" ? printable(cell) : cell;
}

/** ns since 1970 as ISO 8601 with all nine digits. */
function isoTime(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, "0")}Z`;
}
