// parse - One probe line → one event, by the table in probe-events.ts.

import type { ProbeEvent } from "./event.ts";
import { type Fields, type FieldType, fieldValue, isNumeric } from "./fields.ts";
import { probeKinds } from "./probe-events.ts";

type Field = readonly [prefix: string, name: string, type: FieldType];

/** Lines of one kind. Events are copies of `blank`, so that all of a kind have one shape, which V8 handles best. */
interface Form {
  blank: Readonly<Record<string, string | number>>;
  fields: readonly Field[];
}

const forms = new Map<string, Form>(
  Object.entries(probeKinds).map(([kind, { fields }]) => [kind, formOf(kind, fields)]),
);

function formOf(kind: string, fields: Fields): Form {
  const names = Object.keys(fields);
  return {
    blank: { kind, ...Object.fromEntries(names.map((name) => [name, 0])) },
    fields: Object.entries(fields).map(([name, type]) => [` ${name}=`, name, type]),
  };
}

/** Digits of the nanoseconds: seconds are computed apart, because beyond 104 days of uptime the whole exceeds 2^53. */
const NS = 9;

/** A clock reading in two parts, each of which is exact. */
export interface Epoch {
  seconds: number;
  nanos: number;
}

/** Reads the header's t0 (decimal CLOCK_MONOTONIC ns). Throws RangeError when it is not a decimal number. */
export function epoch(t0: string): Epoch {
  if (!/^\d{1,20}$/.test(t0))
    throw new RangeError(`t0 is not a decimal number of nanoseconds: ${JSON.stringify(t0)}`);
  return { seconds: Number(t0.slice(0, -NS)), nanos: Number(t0.slice(-NS)) };
}

const [ZERO, NINE, MINUS] = [48, 57, 45];

/** The decimal number in line[start..stop); NaN if there is anything but digits. */
function digits(line: string, start: number, stop: number): number {
  let number = 0;
  for (let at = start; at < stop; at++) {
    const code = line.charCodeAt(at);
    if (code < ZERO || code > NINE) return Number.NaN;
    number = number * 10 + (code - ZERO);
  }
  return number;
}

function int(line: string, start: number, stop: number): number {
  if (line.charCodeAt(start) !== MINUS) return digits(line, start, stop);
  return stop - start > 1 ? -digits(line, start + 1, stop) : Number.NaN;
}

function time(line: string, start: number, stop: number, from: Epoch): number {
  const split = Math.max(start, stop - NS);
  const [seconds, nanos] = [digits(line, start, split), digits(line, split, stop)];
  if (seconds === 0 && nanos === 0) return 0;
  return (seconds - from.seconds) * 1e9 + (nanos - from.nanos);
}

/** bpftrace prints a frame as a line "   function+offset", the innermost first. */
function stack(text: string): string {
  const frames = text.split("\n").map((line) => line.trim().replace(/\+\d+$/, ""));
  return frames.filter(Boolean).reverse().join(";");
}

/** A decimal CLOCK_MONOTONIC time as ns since the epoch; 0 stays 0. */
export function sinceT0(text: string, from: Epoch): number {
  return time(text, 0, text.length, from);
}

/** The value in line[start..stop). */
function value(line: string, start: number, stop: number, type: FieldType, from: Epoch): string | number {
  if (type === "time") return time(line, start, stop, from);
  if (type === "stack") return stack(line.slice(start, stop));
  return isNumeric(type) ? int(line, start, stop) : line.slice(start, stop);
}

/** Whether a field extends to the end of the line. */
function isLast(type: FieldType): boolean {
  return type === "rest" || type === "stack";
}

function mayBeEmpty(type: FieldType): boolean {
  return isLast(type) || type === "device";
}

/**
 * Reads one line of a probe, without its line end.
 * Returns null if the line does not have exactly the form of its kind: a torn, foreign or newer line.
 */
export function parse(line: string, from: Epoch): ProbeEvent | null {
  const space = line.indexOf(" ");
  const kind = space < 0 ? line : line.slice(0, space);
  const form = forms.get(kind);
  if (!form) return null;
  const event = { ...form.blank };
  let at = kind.length;
  for (const [prefix, name, type] of form.fields) {
    if (!line.startsWith(prefix, at)) return null;
    const start = at + prefix.length;
    const stop = isLast(type) ? line.length : line.indexOf(" ", start);
    at = stop < 0 ? line.length : stop;
    if (at === start && !mayBeEmpty(type)) return null;
    const read = fieldValue(value(line, start, at, type, from), type);
    if (read === undefined) return null;
    event[name] = read;
  }
  return at === line.length ? (event as unknown as ProbeEvent) : null;
}
