// columns - Many events as one line, a block: a column per field, times and totals as differences, texts by number.
//
// A block leans on the ones before it, back to the last `fresh` one: texts are numbered and differences go on. From a
// fresh block on a recording can be read without what came before.

import type { Event } from "../events/event.ts";
import type { Fields, FieldType } from "../events/fields.ts";
import { FIELDS, isKind } from "../events/kinds.ts";

/** Many events. A column whose values are all the same number may be that number. */
export interface Block {
  /** Events of the recording before this block. */
  first: number;
  /** Texts and differences start anew here. */
  fresh: boolean;
  /** Texts met for the first time since the fresh block; they are numbered from 0. */
  texts: string[];
  /** Kinds and how often each comes, in turn: ["count", 256, "tick", 1]. */
  order: (string | number)[];
  /** Per kind a column per field, in the order the header names them. */
  columns: Record<string, Column[]>;
}

export type Column = number[] | number;

/** Names of the fields of each kind, in the order of the columns; a recording's header carries it. */
export type FieldNames = Record<string, readonly string[]>;

/** What is written here. */
export const FIELD_NAMES: FieldNames = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.keys(fields)]),
);

/** Most events of one block: what can be lost by one damaged line. */
export const BLOCK_EVENTS = 4096;

/** Totals are differences to the last event of the same kind about the same socket, else binding. */
const SUBJECTS = ["sk", "binding"];

/** One column; null for one this program does not know. */
export interface Field {
  name: string;
  type: FieldType;
  isText: boolean;
}

/** One kind's columns, and per subject the last value of each. */
export interface Plan {
  /** Whether this program knows the kind and every field it needs is there. */
  readable: boolean;
  fields: readonly (Field | null)[];
  /** Which columns hold the time, and the kernel pointer the event is about; -1: none does. */
  time: number;
  subject: number;
  past: number[][];
}

/** How each kind's columns are read or written. */
export function plansOf(names: FieldNames): Map<string, Plan> {
  return new Map(Object.entries(names).map(([kind, columns]) => [kind, planOf(kind, columns)]));
}

/** A field this program does not know is passed over. */
function planOf(kind: string, columns: readonly string[]): Plan {
  const types: Fields = isKind(kind) ? FIELDS[kind] : {};
  const fields = columns.map((name) => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    return type === undefined ? null : { name, type, isText: type !== "int" && type !== "time" };
  });
  const readable = isKind(kind) && Object.keys(types).every((name) => columns.includes(name));
  const subject = columns.indexOf(SUBJECTS.find((name) => columns.includes(name)) ?? "");
  return { readable, fields, time: columns.indexOf("t"), subject, past: [] };
}

/** The last values of a subject, 0 each before the first. */
export function pastOf(plan: Plan, subject: number): number[] {
  plan.past[subject] ??= new Array<number>(plan.fields.length).fill(0);
  return plan.past[subject] as number[];
}

/** Whether a parsed line has the form of a block; what is in its columns is looked at when they are read. */
export function isBlock(value: object): value is Block {
  const { first, fresh, texts, order, columns } = value as Partial<Block>;
  return (
    Number.isSafeInteger(first) &&
    typeof fresh === "boolean" &&
    Array.isArray(texts) &&
    texts.every((text) => typeof text === "string") &&
    isOrder(order) &&
    typeof columns === "object" &&
    columns !== null
  );
}

function isOrder(order: unknown): boolean {
  if (!Array.isArray(order) || order.length % 2 !== 0) return false;
  const counts = order.filter((_, i) => i % 2 === 1);
  const kinds = order.filter((_, i) => i % 2 === 0);
  const sound =
    counts.every((n) => Number.isSafeInteger(n) && n > 0) && kinds.every((k) => typeof k === "string");
  return sound && eventsOf({ order }) <= BLOCK_EVENTS;
}

/** How many events a block holds. */
export function eventsOf({ order }: Pick<Block, "order">): number {
  return order.reduce<number>((sum, n, i) => (i % 2 === 1 ? sum + (n as number) : sum), 0);
}

/** Stands for events that were recorded and cannot be read. */
export function lost(t: number, count: number, detail: string): Event {
  return { kind: "lost", t, count, what: "parse", detail };
}
