// list - The part of a list that fits, with the cursor in it; and a long text scrolled by lines.

import { fill, type Line, seg, selected } from "./styled-line.ts";
import { type Column, table } from "./table.ts";

/** First index shown so that `cursor` is in the middle where possible. */
export function top(count: number, cursor: number, height: number): number {
  return Math.max(0, Math.min(count - height, cursor - Math.floor(height / 2)));
}

/** A table with titles around the cursor. Only the rows that fit are laid out. */
export function listLines<Row>(
  columns: Column<Row>[],
  rows: Row[],
  cursor: number,
  width: number,
  height: number,
  sign: string,
): Line[] {
  const room = Math.max(0, height - 1);
  const from = top(rows.length, cursor, room);
  const [titles = [], ...lines] = table(columns, rows.slice(from, from + room), width - 2);
  const marked = lines.map((line, i) =>
    from + i === cursor ? selected(fill([seg(`${sign} `), ...line], width)) : [seg("  "), ...line],
  );
  return [[seg("  "), ...titles], ...marked].slice(0, height);
}

/** Blocks of lines around the one at `cursor`: as many as fit before it, then the ones after it. */
export function blockLines<Row>(
  rows: Row[],
  cursor: number,
  height: number,
  block: (row: Row, chosen: boolean) => Line[],
): Line[] {
  let from = cursor;
  const lines = cursor < rows.length ? block(rows[cursor] as Row, true) : [];
  while (from > 0 && lines.length < height) lines.unshift(...block(rows[--from] as Row, false));
  lines.splice(0, lines.length - height);
  for (let i = cursor + 1; i < rows.length && lines.length < height; i++)
    lines.push(...block(rows[i] as Row, false));
  return lines.slice(0, height);
}

/** `height` lines of a text from line `from` on, never past its end. */
export function scrolled(lines: Line[], from: number, height: number): Line[] {
  const first = Math.max(0, Math.min(from, lines.length - height));
  return lines.slice(first, first + height);
}
