// fields - The types of fields in the tables of kinds: how they are printed, what they become, which values are valid.

/**
 * `time`: decimal CLOCK_MONOTONIC ns (bpf_ktime_get_ns) → ns since the recording's t0; 0 stays 0 and means "never" ·
 * `int`: decimal → number, exact up to 2^53 · `hex`: kernel pointer → its hex text, only ever compared ·
 * `word`: text without spaces · `stack`: to the end, bpftrace's kstack or ustack → functions, outermost first, "a;b;c" ·
 * `rest`: text to the end of the line (a comm may contain anything) · a list: one of these words.
 */
export type FieldType = "time" | "int" | "hex" | "word" | "stack" | "rest" | readonly string[];

/** The fields of one kind of event, in the order they are printed. */
export type Fields = Readonly<Record<string, FieldType>>;

/** What a field of type T holds. */
export type Value<T> = T extends "time" | "int" ? number : T extends readonly (infer Word)[] ? Word : string;

/** An event of one of the kinds K of a table. */
export type EventOf<Table extends Record<string, { fields: Fields }>, K extends keyof Table> = {
  [Kind in K]: { kind: Kind } & {
    -readonly [F in keyof Table[Kind]["fields"]]: Value<Table[Kind]["fields"][F]>;
  };
}[K];

/** About 300 years of ns: no clock reads more. */
const LONGEST_NS = 2 ** 63;

/** Whether `value`, from an event made elsewhere, is valid for a field of this type. */
export function isField(value: unknown, type: FieldType): boolean {
  if (type === "int") return Number.isSafeInteger(value);
  if (type === "time") return Number.isInteger(value) && Math.abs(value as number) <= LONGEST_NS;
  return typeof value === "string" && (typeof type === "string" || type.includes(value));
}
