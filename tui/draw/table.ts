// table - Rows as columns that fit the width: titles become short, then the least important columns go.

import { type Line, type Role, seg } from "./styled-line.ts";

export interface Column<Row> {
  title: string;
  /** Title where space is scarce. */
  short?: string;
  /** Numbers stand right. */
  right?: boolean;
  /** The highest goes first when the width is too small; 0 never goes. */
  rank: number;
  /** Columns it never falls below, so that it does not jump while it counts. */
  least?: number;
  /** Takes what is left of the width; one column at most, the last. */
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
  const kept = text.slice(0, width);
  return right ? kept.padStart(width) : kept.padEnd(width);
}

function place<Row>(all: Column<Row>[], rows: Row[], width: number): Placed<Row>[] {
  const fit = (columns: Column<Row>[], short: boolean) => {
    const placed = columns.map((column) => measured(column, rows, short));
    return total(placed) <= width ? placed : null;
  };
  let columns = all;
  for (;;) {
    const placed = fit(columns, false) ?? fit(columns, true);
    if (placed) return grown(placed, width);
    const rank = Math.max(...columns.map((c) => c.rank));
    if (rank === 0)
      return clipped(
        columns.map((c) => measured(c, rows, true)),
        width,
      );
    columns = columns.filter((c) => c.rank < rank);
  }
}

function measured<Row>(column: Column<Row>, rows: Row[], short: boolean): Placed<Row> {
  const title = short ? (column.short ?? column.title) : column.title;
  const least = Math.max(title.length, column.least ?? 0);
  const width = column.grows ? least : Math.max(least, ...rows.map((row) => column.text(row, least).length));
  return { column, title, width };
}

const total = <Row>(placed: Placed<Row>[]) => placed.reduce((sum, { width }) => sum + width + GAP, 0);

function grown<Row>(placed: Placed<Row>[], width: number): Placed<Row>[] {
  const rest = width - total(placed);
  return placed.map((p) => (p.column.grows ? { ...p, width: p.width + rest } : p));
}

/** Not even what never goes fits: the last ones are cut. */
function clipped<Row>(placed: Placed<Row>[], width: number): Placed<Row>[] {
  let left = width;
  return placed.map((p) => {
    const kept = Math.max(0, Math.min(p.width, left - GAP));
    left -= kept + GAP;
    return { ...p, width: kept };
  });
}
