// arguments - Text of the command line to values: sizes, times, counts. A parser says what would be valid.

import { InvalidArgumentError } from "commander";
import { TRIGGERS, type Trigger } from "../../collector/events/event.ts";

/** A whole number from 0 to 2^32. */
export function whole(text: string): number {
  return wholeFrom(0, 2 ** 32, text, "It must be a whole number.");
}

/** A whole number from 1 on. */
export function positive(text: string): number {
  return wholeFrom(1, 2 ** 32, text, "It must be a whole number, 1 or more.");
}

/** What a process can exit with: 0 to 255. */
export function exitCode(text: string): number {
  return wholeFrom(0, 255, text, "It must be a whole number from 0 to 255.");
}

/** How many births a kernel map keeps: 1 to 2^20. */
export function birthCount(text: string): number {
  return wholeFrom(1, 2 ** 20, text, `It must be a whole number from 1 to ${2 ** 20}.`);
}

function wholeFrom(least: number, most: number, text: string, otherwise: string): number {
  const n = Number(text);
  if (/^\d+$/.test(text) && n >= least && n <= most) return n;
  throw new InvalidArgumentError(otherwise);
}

/** Seconds, above 0 and up to a day. */
export function seconds(text: string): number {
  const n = Number(text);
  if (n > 0 && n <= 86400) return n;
  throw new InvalidArgumentError("It must be a number of seconds, above 0 and at most a day.");
}

const BYTES = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

/** "64M" → bytes, at least 64 KiB. */
export function size(text: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * BYTES[unit.toLowerCase() as keyof typeof BYTES];
  if (bytes >= 2 ** 16) return bytes;
  throw new InvalidArgumentError("It must be a size of at least 64K, such as 64M or 1G.");
}

const NS = { ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9 } as const;

/** "60s", "10m" → ns, from a second to a day; without a unit it is seconds. */
export function time(text: string): number {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text.trim()) ?? [];
  const ns = Number(digits) * NS[unit as keyof typeof NS];
  if (ns >= 1e9 && ns <= 24 * NS.h) return ns;
  throw new InvalidArgumentError("It must be a time from one second to one day, such as 60s, 10m or 2h.");
}

/** "leak,lost" → the triggers of a flight recorder. */
export function triggers(text: string): Trigger[] {
  const words = text.split(",").map((word) => word.trim() as Trigger);
  if (words.every((word) => TRIGGERS.includes(word))) return words;
  throw new InvalidArgumentError(`It must be one or more of ${TRIGGERS.join(", ")}, separated by commas.`);
}
