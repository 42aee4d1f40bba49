// event-line - One event as a line by itself, and the event that stands for what cannot be read.

import type { Event } from "../../events/event.ts";
import { type FieldType, isField } from "../../events/fields.ts";
import { FIELDS } from "../../events/kinds.ts";
import { objectIn } from "./json.ts";

/** Fields by the name of a kind, which may be any text. */
const FIELDS_OF = new Map(Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.entries(fields)]));

/** The line without its line end. */
export function eventLine(event: Event): string {
  return JSON.stringify(event);
}

/** The event on a line; null if the line is torn or foreign, or a field is not of its type. */
export function readEvent(line: string): Event | null {
  const value = objectIn(line);
  return value && eventOf(value);
}

/** A parsed line as an event; null if it is not one. */
export function eventOf(value: Record<string, unknown>): Event | null {
  const fields = FIELDS_OF.get(value.kind as string);
  const isWhole = fields?.every(([name, type]: [string, FieldType]) => isField(value[name], type));
  return isWhole ? (value as unknown as Event) : null;
}

/** Stands for `count` events that were recorded and cannot be read. */
export function unreadable(t: number, count: number, detail: string): Event {
  return { kind: "lost", t, count, what: "parse", detail };
}
