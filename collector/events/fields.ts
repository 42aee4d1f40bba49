// fields - The types of fields in the tables of kinds: how they are printed, what they become, which values are valid.

import { copied } from "../base/text.ts";
import { canonical } from "./address.ts";

/**
 * `time`: decimal CLOCK_MONOTONIC ns (bpf_ktime_get_ns) → ns since the recording's t0; 0 stays 0 and means "never" ·
 * `int`: decimal → number, exact up to 2^53 · `natural`: such a number from 0 on · `port`: up to 65535 · `shift`: a power of
 * two that a size can be · `hex`: kernel pointer → its hex text, only ever compared · `word`: text without spaces · `device`:
 * the name of one, or nothing where it is gone · `address`: IPv4 or IPv6, in one spelling · `stack`: to the end, bpftrace's
 * kstack or ustack → functions, outermost first, "a;b;c" · `rest`: text to the end of the line (a comm may contain anything) ·
 * a list: one of these words.
 */
export type FieldType = keyof typeof MOST | "address" | keyof typeof RANGES | readonly string[];

/** The fields of one kind of event, in the order they are printed. */
export type Fields = Readonly<Record<string, FieldType>>;

/** What a field of type T holds. */
export type Value<T> = T extends keyof typeof RANGES
  ? number
  : T extends readonly (infer Word)[]
    ? Word
    : string;

/** An event of one of the kinds K of a table. */
export type EventOf<Table extends Record<string, { fields: Fields }>, K extends keyof Table> = {
  [Kind in K]: { kind: Kind } & {
    -readonly [F in keyof Table[Kind]["fields"]]: Value<Table[Kind]["fields"][F]>;
  };
}[K];

/** 36 years of ns: no kernel has run longer. So late in a recording made by 2199, ns since 1970 still fit into 64 bits. */
export const LONGEST_NS = 2 ** 60;
const EXACT = Number.MAX_SAFE_INTEGER;

/** The least and the greatest value of each type of number. */
const RANGES = {
  time: [-LONGEST_NS, LONGEST_NS],
  int: [-EXACT, EXACT],
  natural: [0, EXACT],
  port: [0, 65535],
  shift: [0, 52],
} as const;

/**
 * Most characters that are kept of each type of text; the kernel's own names have far fewer. A stack has at most 127
 * frames (perf_event_max_stack), a path PATH_MAX characters.
 */
const MOST = { hex: 64, word: 256, device: 256, rest: 4096, stack: 65536 } as const;

/** Whether a field of this type holds a number. */
export function isNumeric(type: FieldType): type is keyof typeof RANGES {
  return typeof type === "string" && Object.hasOwn(RANGES, type);
}

/**
 * What a field of this type holds for `value`, from an event made elsewhere: text is cut to what can be real, and an address
 * has one spelling. undefined: it is not valid.
 */
export function fieldValue(value: unknown, type: FieldType): string | number | undefined {
  if (typeof value === "number") return isInRange(value, type) ? value : undefined;
  if (typeof value !== "string" || isNumeric(type)) return undefined;
  if (typeof type !== "string") return type.includes(value) ? value : undefined;
  if (type === "address") return canonical(value);
  return value.length <= MOST[type] ? value : copied(value, MOST[type]);
}

function isInRange(value: number, type: FieldType): boolean {
  if (!isNumeric(type)) return false;
  const [least, most] = RANGES[type];
  return Number.isInteger(value) && value >= least && value <= most;
}
