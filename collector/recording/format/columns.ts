// columns - Which columns each kind of event has in a block, and what the numbers in them are differences to.

import { type Fields, type FieldType, isNumeric } from "../../events/fields.ts";
import { FIELDS, isKind } from "../../events/kinds.ts";

/** Names of the fields of each kind, in the order of the columns; the header of a recording has them. */
export type FieldNames = Record<string, readonly string[]>;

/** What this program writes. */
export const FIELD_NAMES: FieldNames = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.keys(fields)]),
);

/** A number is the difference to the last event of its kind with the same value in the first of these fields that it has. */
const SUBJECTS = ["sk", "binding"];

/** One column. */
export interface Field {
  name: string;
  type: FieldType;
  isText: boolean;
}

/** The columns of one kind, and the last value of each, by subject. */
export interface Plan {
  /** Whether this program knows the kind and every field it needs is there. */
  readable: boolean;
  /** null: a field that this program does not know; it is skipped. */
  fields: readonly (Field | null)[];
  /** Which columns hold the time, and the kernel pointer that the event is about; -1: none. */
  time: number;
  subject: number;
  past: number[][];
}

/** How each kind's columns are read or written. */
export function plansOf(names: FieldNames): Map<string, Plan> {
  return new Map(Object.entries(names).map(([kind, columns]) => [kind, planOf(kind, columns)]));
}

function planOf(kind: string, columns: readonly string[]): Plan {
  const types: Fields = isKind(kind) ? FIELDS[kind] : {};
  return {
    readable: isKind(kind) && Object.keys(types).every((name) => columns.includes(name)),
    fields: columns.map((name) => fieldOf(name, types)),
    time: columns.indexOf("t"),
    subject: columns.indexOf(SUBJECTS.find((name) => columns.includes(name)) ?? ""),
    past: [],
  };
}

function fieldOf(name: string, types: Fields): Field | null {
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  return type === undefined ? null : { name, type, isText: !isNumeric(type) };
}

/** The last values of a subject; before its first event they are 0. */
export function pastOf(plan: Plan, subject: number): number[] {
  plan.past[subject] ??= new Array<number>(plan.fields.length).fill(0);
  return plan.past[subject] as number[];
}

/** After this differences start again. */
export function forgetPast(plans: Map<string, Plan>): void {
  for (const plan of plans.values()) plan.past = [];
}
