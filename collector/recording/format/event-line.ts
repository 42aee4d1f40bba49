// event-line - One event as a line by itself, and the event that stands for what cannot be read.

import { copied } from "../../base/text.ts";
import type { Event } from "../../events/event.ts";
import { type FieldType, fieldValue } from "../../events/fields.ts";
import { FIELDS } from "../../events/kinds.ts";
import { objectIn } from "./json.ts";

/** Fields by the name of a kind, which may be any text. */
const FIELDS_OF = new Map<string, [string, FieldType][]>(
  Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.entries(fields)]),
);

/** The line without its line end. */
export function eventLine(event: Event): string {
  return JSON.stringify(event);
}

/** The event on a line; null if the line is torn or foreign, or a field is not of its type. */
export function readEvent(line: string): Event | null {
  const value = objectIn(line);
  return value && eventOf(value);
}

/** A parsed line as an event, without fields that its kind does not have; null if it is not one. */
export function eventOf(value: Record<string, unknown>): Event | null {
  const fields = FIELDS_OF.get(value.kind as string);
  if (!fields) return null;
  const event: Record<string, unknown> = { kind: value.kind };
  for (const [name, type] of fields) {
    const field = fieldValue(value[name], type);
    if (field === undefined) return null;
    event[name] = field;
  }
  return event as unknown as Event;
}

/** Most characters of an unreadable line that are kept. */
export const MOST_DETAIL = 200;

/** Stands for `count` events that were recorded and cannot be read. */
export function unreadable(t: number, count: number, detail: string): Event {
  return { kind: "lost", t, count, what: "parse", detail: copied(detail, MOST_DETAIL) };
}
