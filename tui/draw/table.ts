// table - Rows in columns that fit the width: first titles are shortened, then the least important columns are left out.

import { columnsOf, cutTo, padded, paddedLeft } from "../../collector/base/width.ts";
import { type Line, type Role, seg } from "./styled-line.ts";

export interface Column<Row> {
  title: string;
  /** Title where the full one does not fit. */
  short?: string;
  /** Aligned right, as numbers are. */
  right?: boolean;
  /** The column of the highest rank is left out first; 0 is never left out. */
  rank: number;
  /** Smallest width, so that the table does not jump while a number grows. */
  least?: number;
  /** Takes the rest of the width; at most one column, the last. */
  grows?: boolean;
  text(row: Row, columns: number): string;
  role?(row: Row): Role;
}

interface Placed<Row> {
  column: Column<Row>;
  title: string;
  width: number;
}

const GAP = 1;

/** The title line and a line per row, each at most `width` columns. */
export function table<Row>(all: Column<Row>[], rows: Row[], width: number): Line[] {
  const placed = place(all, rows, width);
  const titles = placed.flatMap(({ column, title, width: w }) => [
    seg(pad(title, w, column.right), "title"),
    seg(" ".repeat(GAP)),
  ]);
  return [titles, ...rows.map((row) => placed.flatMap((p) => rowCell(p, row)))];
}

function rowCell<Row>({ column, width }: Placed<Row>, row: Row): Line {
  const role = column.role?.(row) ?? "text";
  return [seg(pad(column.text(row, width), width, column.right), role), seg(" ".repeat(GAP))];
}

function pad(text: string, width: number, right = false): string {
  const kept = cutTo(text, width);
  return right ? paddedLeft(kept, width) : padded(kept, width);
}

/** The first arrangement that fits: full titles, then short ones, then without the column of the highest rank. */
function place<Row>(columns: Column<Row>[], rows: Row[], width: number): Placed<Row>[] {
  for (const short of [false, true]) {
    const placed = columns.map((column) => measured(column, rows, short));
    if (total(placed) <= width) return grown(placed, width);
  }
  const rank = Math.max(...columns.map((c) => c.rank));
  const kept = columns.filter((c) => c.rank < rank);
  if (rank > 0) return place(kept, rows, width);
  return clipped(
    columns.map((c) => measured(c, rows, true)),
    width,
  );
}

function measured<Row>(column: Column<Row>, rows: Row[], short: boolean): Placed<Row> {
  const title = short ? (column.short ?? column.title) : column.title;
  const least = Math.max(title.length, column.least ?? 0);
  const width = column.grows
    ? least
    : Math.max(least, ...rows.map((row) => columnsOf(column.text(row, least))));
  return { column, title, width };
}

const total = <Row>(placed: Placed<Row>[]) => placed.reduce((sum, { width }) => sum + width + GAP, 0);

function grown<Row>(placed: Placed<Row>[], width: number): Placed<Row>[] {
  const rest = width - total(placed);
  return placed.map((p) => (p.column.grows ? { ...p, width: p.width + rest } : p));
}

/** Even the columns that are never left out do not fit: the last ones are cut. */
function clipped<Row>(placed: Placed<Row>[], width: number): Placed<Row>[] {
  let left = width;
  return placed.map((p) => {
    const kept = Math.max(0, Math.min(p.width, left - GAP));
    left -= kept + GAP;
    return { ...p, width: kept };
  });
}
