// time - Points in time: ns since the start of a recording to the report's, and what a user gives to the former.

import { EXIT, UserError } from "../base/errors.ts";
import { duration } from "../base/format.ts";
import type { Header } from "../events/event.ts";
import type { Time } from "./shape.ts";

/** From ns since t0, -1 where it has not happened, to the report's time, without losing a nanosecond. */
export type ToTime = (t: number) => Time;

export function toTime({ t0 }: Header): ToTime {
  return (t) => {
    if (t < 0) return null;
    const sum = BigInt(t0) + BigInt(Math.round(t));
    return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : String(sum);
  };
}

/** ns from one point in time to another; -1 where one is not known. */
export function between(from: Time, to: Time): number {
  return from === null || to === null ? -1 : Number(BigInt(to) - BigInt(from));
}

/** The time between two points as text, "?" where one is not known. */
export function elapsed(from: Time, to: Time): string {
  return from === null || to === null ? "?" : duration(between(from, to));
}

/**
 * What the user gave for `option`, seconds since the start or wall-clock time, as ns since t0; null where it was not given.
 * Throws UserError (exit 2) where it is neither.
 */
export function pointInTime({ wall }: Header, text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e9);
  const t = /^\d{4}-\d\d-\d\dT/.test(text) ? (Date.parse(text) - Date.parse(wall)) * 1e6 : Number.NaN;
  if (Number.isFinite(t)) return t;
  throw new UserError(
    `${option} ${JSON.stringify(text)} is not a time: give seconds since the start (12.5), or a date and time (2026-01-31T12:00:00Z).`,
    EXIT.usage,
  );
}
