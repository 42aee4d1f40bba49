// examples - An event of any kind, made from its entry in the table.

import type { EventOfKind } from "../events/event.ts";
import { type FieldType, isNumeric } from "../events/fields.ts";
import { FIELDS, type Kind } from "../events/kinds.ts";

/** A value for a field of this type. */
export function exampleOf(type: FieldType): string | number {
  if (typeof type !== "string") return type[0] as string;
  return isNumeric(type) ? 7 : "text";
}

/** An event with an example in each field but those given. */
export function eventOf<K extends Kind>(kind: K, fields: Partial<EventOfKind<K>> = {}): EventOfKind<K> {
  const examples = Object.entries(FIELDS[kind]).map(([name, type]) => [name, exampleOf(type)]);
  return { kind, ...Object.fromEntries(examples), ...fields } as EventOfKind<K>;
}
