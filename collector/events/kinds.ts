// kinds - The table of event kinds: the one place that states what the program knows about a kind; every list derives from it.

import type { Fields } from "./fields.ts";
import { probeKinds } from "./probe-events.ts";
import { tracerKinds } from "./tracer-events.ts";
import type { KindEntry, Naming, Sound, Traits } from "./traits.ts";

const table = { ...probeKinds, ...tracerKinds };
table satisfies Sound<typeof table>;

/** Every kind of event, as it is stated. */
export type KindTable = typeof table;
export type Kind = keyof KindTable;

/** Every kind of event. */
export const KINDS: Readonly<Record<Kind, KindEntry>> = table;

/** Names of all kinds: those of the probes first, in the order of their tables. */
export const KIND_NAMES = Object.keys(table) as Kind[];

/** Fields of each kind, in the order they are written. */
export const FIELDS = Object.fromEntries(KIND_NAMES.map((kind) => [kind, KINDS[kind].fields])) as Readonly<
  Record<Kind, Fields>
>;

/** Kinds for which trait T has one of the values V. */
export type KindWith<T extends keyof Traits, V extends Traits[T]> = {
  [K in Kind]: KindTable[K]["is"][T] extends V ? K : never;
}[Kind];

/** Kinds for which `trait` has one of `values`. Make it once: it goes through the table. */
export function kindsWith<T extends keyof Traits>(trait: T, ...values: Traits[T][]): ReadonlySet<Kind> {
  return new Set(KIND_NAMES.filter((kind) => values.includes(KINDS[kind].is[trait])));
}

/** Kinds whose `pid` names one of N. */
export type KindNaming<N extends Naming> = {
  [K in Kind]: KindTable[K] extends { names: N } ? K : never;
}[Kind];

/** Kinds whose `pid` names one of `whom`. */
export function kindsNaming(...whom: Naming[]): ReadonlySet<Kind> {
  return new Set(KIND_NAMES.filter((kind) => whom.includes(KINDS[kind].names ?? "known")));
}

/** Whether this program knows a kind of this name; names that every object has are not kinds. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}
