// width - How many columns of a terminal a text takes, in one place: wide characters (CJK, emoji) take two.

import { eastAsianWidth } from "get-east-asian-width";

/** A combining mark, a joiner or a variation selector is drawn on the character before it. */
const NO_COLUMN = /^[\p{M}\p{Cf}]$/u;
const NARROW = /^[\x20-\x7e]*$/;

/** Columns of one character. */
function columnsOfOne(sign: string): number {
  return NO_COLUMN.test(sign) ? 0 : eastAsianWidth(sign.codePointAt(0) as number);
}

/** Columns that a text takes. */
export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const sign of text) columns += columnsOfOne(sign);
  return columns;
}

/** As much of the text as fits into so many columns. */
export function cutTo(text: string, most: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, most));
  let columns = 0;
  let end = 0;
  for (const sign of text) {
    columns += columnsOfOne(sign);
    if (columns > most) break;
    end += sign.length;
  }
  return text.slice(0, end);
}

/** The text, with spaces behind it up to so many columns. */
export function padded(text: string, columns: number): string {
  return text + spaces(text, columns);
}

/** The text, with spaces before it up to so many columns. */
export function paddedLeft(text: string, columns: number): string {
  return spaces(text, columns) + text;
}

function spaces(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - columnsOf(text)));
}
