// styled-line - What a pane draws: lines of segments, each with a role instead of a colour. theme.ts maps roles to looks.

import { columnsOf, cutTo } from "../../collector/base/width.ts";

/** What a piece of text is, not how it looks. */
export type Role =
  | "text"
  | "dim"
  | "title"
  | "key"
  | "good"
  | "warn"
  | "bad"
  | "accent"
  | "selected"
  | "badgeGood"
  | "badgeWarn"
  | "badgeBad";

/** Text of one role; every character takes one column of the screen. */
export interface Segment {
  text: string;
  role: Role;
}

export type Line = Segment[];

/** A segment; plain text by default. */
export function seg(text: string | number, role: Role = "text"): Segment {
  return { text: String(text), role };
}

/** A line of one segment. */
export function line(text: string, role: Role = "text"): Line {
  return [seg(text, role)];
}

/** Columns a line takes. */
export function width(segments: Line): number {
  return segments.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** The line cut to `columns`; a shorter one stays short. */
export function cut(segments: Line, columns: number): Line {
  const kept: Line = [];
  let left = columns;
  for (const { text, role } of segments) {
    if (left <= 0) break;
    const shown = cutTo(text, left);
    kept.push({ text: shown, role });
    left -= shown === text ? columnsOf(text) : left;
  }
  return kept;
}

/** The line cut or filled with spaces to exactly `columns`. */
export function fill(segments: Line, columns: number, role: Role = "text"): Line {
  const kept = cut(segments, columns);
  const missing = columns - width(kept);
  return missing > 0 ? [...kept, seg(" ".repeat(missing), role)] : kept;
}

/** `left` and `right` at the two ends of `columns`; the left one is cut where both do not fit. */
export function ends(left: Line, right: Line, columns: number): Line {
  const space = columns - width(right);
  return space < 1 ? cut(right, columns) : [...fill(left, space), ...right];
}

/** Segments with `separator` between them. */
export function join(parts: Line[], separator: Segment): Line {
  return parts.flatMap((part, i) => (i === 0 ? part : [separator, ...part]));
}

/** The line while the cursor is on it. */
export function selected(segments: Line): Line {
  return segments.map(({ text }) => ({ text, role: "selected" as const }));
}

/** Text in lines of at most `columns`, broken at spaces where possible. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns && columns > 0) {
    const space = rest.lastIndexOf(" ", columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** Lines as plain text without colours: for golden files and saved screens. */
export function plainText(lines: Line[]): string {
  return lines
    .map((segments) =>
      segments
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    )
    .join("\n");
}
