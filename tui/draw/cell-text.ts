// cell-text - Foreign text and numbers in the width of a cell.

import { printable } from "../../collector/base/format.ts";

/**
 * Text from the traced side as one column per character: what is wider (CJK, emoji) or has no width (combining marks)
 * would push the rest of its line out of place.
 */
export function cell(text: string): string {
  return printable(text).replace(/[\p{M}\u00ad\u1100-\uffff]/gu, "?");
}

/** Every address hidden, the ports kept: what may be shown to others. */
export function hideAddresses(text: string): string {
  return text.replace(/\d+\.\d+\.\d+\.\d+(?=:\d)|\[[0-9a-fA-F:.]+\](?=:\d)/g, "*");
}

/** A count in at most six characters: 12345 → "12345", 1234567 → "1.23M". */
export function short(n: number): string {
  if (n < 1e5) return String(Math.round(n));
  const [unit, by] =
    n < 1e6 ? (["k", 1e3] as const) : n < 1e9 ? (["M", 1e6] as const) : (["G", 1e9] as const);
  return `${Number((n / by).toPrecision(3))}${unit}`;
}
