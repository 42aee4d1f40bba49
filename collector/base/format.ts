// format - Numbers and foreign text as a person reads them.

import { columnsOf, cutTo, padded } from "./width.ts";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Bytes to three digits: 94208 → "92 KiB". */
export function bytes(n: number): string {
  const unit = Math.min(UNITS.length - 1, n > 0 ? Math.floor(Math.log2(n) / 10) : 0);
  return `${threeDigits(n / 1024 ** unit)} ${UNITS[unit]}`;
}

const MINUTE = 60e9;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in ns: 1234567 → "1.23 ms", 26210e9 → "7.3 h". A unit is used for two of it or more. */
export function duration(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${threeDigits(ns / 1e3)} us`;
  if (ns < 1e9) return `${threeDigits(ns / 1e6)} ms`;
  if (ns < 2 * MINUTE) return `${threeDigits(ns / 1e9)} s`;
  if (ns < 2 * HOUR) return `${coarse(ns / MINUTE)} min`;
  return ns < 2 * DAY ? `${coarse(ns / HOUR)} h` : `${coarse(ns / DAY)} d`;
}

/** Beyond two minutes nobody counts tenths of a percent: "2.4", "47". */
function coarse(x: number): string {
  return x >= 10 ? String(Math.round(x)) : String(Number(x.toFixed(1)));
}

/** A number to three digits, more only before the decimal point: 0.12345 → "0.123", 12345.6 → "12346". */
export function threeDigits(x: number): string {
  return x >= 100 ? String(Math.round(x)) : String(Number(x.toPrecision(3)));
}

/** A share, 0 to 1: 0.1234 → "12.3 %". */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** A point in time, ns since t0, as seconds with milliseconds: "12.345". */
export function clock(t: number): string {
  return (t / 1e9).toFixed(3);
}

/** "1 token", "23 tokens". */
export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/**
 * Makes text from the traced side (a comm, an interface name) safe to show: no control characters, nothing invisible,
 * nothing that changes the direction of the text around it.
 */
export function printable(text: string): string {
  return text.replace(
    /[^\x20-\x7e\u00a1-\u061b\u061d-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffc]/g,
    "?",
  );
}

/**
 * Makes text safe for a terminal: control characters (C0 except tab and line end, DEL, C1) and what is invisible or turns
 * the direction of text are escaped as in JSON, so that JSON stays the same JSON. Foreign text in anything else has been
 * through `printable` before; this is the last check.
 */
export function harmless(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Aligns rows in columns, two spaces apart; the first row has the titles, and the last column is not padded. */
export function table(rows: string[][]): string[] {
  const fitting = rows.map((row) => row.map(shortened));
  const widths = (fitting[0] ?? []).map((_, i) =>
    fitting.reduce((most, row) => Math.max(most, columnsOf(row[i] ?? "")), 0),
  );
  return fitting.map((row) =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Columns of the widest cell: one long name would make every row as long. The longest endpoint has 47. */
const WIDEST = 60;

function shortened(cell: string): string {
  return columnsOf(cell) <= WIDEST ? cell : `${cutTo(cell, WIDEST - 3)}...`;
}
