// traits - What the table of event kinds states about a kind; every list of kinds in the program derives from it.

import type { Fields } from "./fields.ts";

/** Whom an event is about, and the field that names it. */
export const SUBJECT_FIELDS = {
  socket: "sk",
  binding: "binding",
  dmabuf: "dmabuf",
  thread: "tid",
  process: "pid",
  trace: "t",
} as const;

export type Subject = keyof typeof SUBJECT_FIELDS;

/**
 * What an event is part of.
 * `life`: a socket, a binding or the trace begins or ends · `finding`: adds to the findings of a socket: a refusal, an error, a mode that was set ·
 * `handover`: tokens of one socket are returned through another · `token`: one token is issued or returned ·
 * `total`: running totals of the token counts · `device`: queues, pages and refused binds of a device ·
 * `check`: what the kernel itself reports as held · `evidence`: something is missing from the trace, or tracing resumed ·
 * `task`: who a process or thread is · `profile`: times and distributions · `cost`: what tracing costs · `clock`: time passes.
 */
export type Family =
  | ("life" | "finding" | "handover" | "token" | "total" | "device")
  | ("check" | "evidence" | "task" | "profile" | "cost" | "clock");

/**
 * How much attention an event asks for.
 * `idle`: comes every few seconds even when nothing happens; no line · `silent`: no line ·
 * `total`: a line that repeats a known one with newer numbers · `news`: a line · `trouble`: a line, shown as a warning.
 */
export type Loudness = "idle" | "silent" | "total" | "news" | "trouble";

/**
 * What a recording that begins in the middle of a trace keeps of the events before it, for each subject that still exists.
 * `nothing` · `every` · `newest` · `first and newest` · `token`: until a `return` names its number · `return`: ends a token ·
 * newestBy: the newest for each value of these fields · sumBy: one for each value of this field, with the sum of `count`.
 */
export type Carry<Name extends string = string> =
  | ("nothing" | "every" | "newest" | "first and newest" | "token" | "return")
  | { readonly newestBy: readonly Name[] }
  | { readonly sumBy: Name };

/**
 * Whom the field `pid` names. `receiver`: a process that may not be known yet and receives tokens ·
 * `stranger`: another process that may not be known yet · `known`: one that an earlier event named, or nobody who matters.
 */
export type Naming = "receiver" | "stranger" | "known";

/** Subjects that an event with fields of these names can be about. */
type SubjectIn<Name extends string> = {
  [S in Subject]: (typeof SUBJECT_FIELDS)[S] extends Name ? S : never;
}[Subject];

export interface Traits<Name extends string = string> {
  about: SubjectIn<Name>;
  family: Family;
  loud: Loudness;
  carry: Carry<Name>;
}

/** One kind of event. */
export interface KindEntry {
  /** The first format version of a recording that has it; a reader that does not know a kind counts its events as lost. */
  since: 1 | 2;
  is: Traits;
  /** Only, and always, where there is a field `pid`. */
  names?: Naming;
  /** In the order they are printed and written. */
  fields: Fields;
}

/** A table whose traits agree with its fields: what is named as subject, key or process is a field of that kind. */
export type Sound<Table extends Readonly<Record<string, KindEntry>>> = {
  [Kind in keyof Table]: SoundEntry<keyof Table[Kind]["fields"] & string>;
};

type SoundEntry<Name extends string> = { is: Traits<Name> } & ("pid" extends Name
  ? { names: Naming }
  : { names?: never });
