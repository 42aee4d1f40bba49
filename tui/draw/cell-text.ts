// cell-text - Text from the traced side, and numbers, in a form that fits a cell of a table.

import { printable } from "../../collector/base/format.ts";

/**
 * Text from the traced side in columns that every terminal agrees on. Characters whose width blessed and terminals do not
 * agree on (combining marks, emoji) would move the rest of the line, so each becomes "?".
 */
export function cell(text: string): string {
  return printable(text).replace(/[\p{M}\u00ad\p{Emoji_Presentation}]/gu, "?");
}

/** The text with every address hidden and the ports kept: it can be shown to others. */
export function hideAddresses(text: string): string {
  return text.replace(/\d+\.\d+\.\d+\.\d+(?=:\d)|\[[0-9a-fA-F:.]+\](?=:\d)/g, "*");
}

/** A count in at most six characters: 12345 → "12345", 1234567 → "1.23M". */
export function short(n: number): string {
  if (n < 1e5) return String(Math.round(n));
  const [suffix, factor] = SUFFIXES.find(([, least]) => n >= least) ?? SUFFIXES[2];
  return `${Number((n / factor).toPrecision(3))}${suffix}`;
}

const SUFFIXES = [
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
] as const;
