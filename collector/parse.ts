// parse - One probe line → one event, by the table in grammar.ts.

import type { ProbeEvent } from "./event.ts";
import { type FieldType, isField } from "./fields.ts";
import { grammar } from "./grammar.ts";

type Field = readonly [prefix: string, name: string, type: FieldType];

const fieldsOf = new Map<string, readonly Field[]>(
  Object.entries(grammar).map(([kind, fields]) => [
    kind,
    Object.entries(fields).map(([name, type]) => [` ${name}=`, name, type] as const),
  ]),
);

/** Splits at the nanosecond so that differences stay exact where the whole number passes 2^53 (104 days of uptime). */
const NS = 9;

/** A clock reading that can be subtracted from: whole seconds and nanoseconds. */
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

function time(text: string, from: Epoch): number {
  if (text === "0") return 0;
  const seconds = text.length > NS ? +text.slice(0, -NS) : 0;
  return (seconds - from.seconds) * 1e9 + (+text.slice(-NS) - from.nanos);
}

function value(text: string, type: FieldType, from: Epoch): string | number {
  if (type === "time") return time(text, from);
  return type === "int" ? +text : text;
}

/**
 * Reads one line as a probe printed it, without its line end.
 * Returns null for a line that is not exactly of the table's form: a torn, foreign or newer one.
 */
export function parse(line: string, from: Epoch): ProbeEvent | null {
  const space = line.indexOf(" ");
  const kind = space < 0 ? line : line.slice(0, space);
  const fields = fieldsOf.get(kind);
  if (!fields) return null;
  const event: Record<string, string | number> = { kind };
  let at = kind.length;
  for (const [prefix, name, type] of fields) {
    if (!line.startsWith(prefix, at)) return null;
    const start = at + prefix.length;
    const stop = type === "rest" ? line.length : line.indexOf(" ", start);
    at = stop < 0 ? line.length : stop;
    if (at === start && type !== "rest") return null;
    const read = value(line.slice(start, at), type, from);
    if (!isField(read, type)) return null;
    event[name] = read;
  }
  return at === line.length ? (event as unknown as ProbeEvent) : null;
}
