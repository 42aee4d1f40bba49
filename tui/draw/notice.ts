// notice - A screen without rows: a heading, what is the case and what to do, vertically centred.

import { type Line, line, type Role, wrap } from "./styled-line.ts";

/** What a screen without rows says. */
export interface Notice {
  heading: string;
  /** One paragraph each. */
  sentences: string[];
}

const MAX_COLUMNS = 72;

/** The notice with every paragraph wrapped. */
export function noticeLines(
  { heading, sentences }: Notice,
  role: Role,
  width: number,
  height: number,
): Line[] {
  const columns = Math.max(1, Math.min(MAX_COLUMNS, width - 4));
  const text = [
    ...paragraph(heading, columns, role),
    ...sentences.flatMap((s) => [line(""), ...paragraph(s, columns, "text")]),
  ];
  const above = Math.max(0, Math.floor((height - text.length) / 2));
  return [...blankLines(above), ...text].slice(0, height);
}

function paragraph(text: string, columns: number, role: Role): Line[] {
  return wrap(text, columns).map((part) => line(`  ${part}`, role));
}

/** `count` empty lines; none where it is negative. */
export function blankLines(count: number): Line[] {
  return Array.from({ length: Math.max(0, count) }, () => line(""));
}
