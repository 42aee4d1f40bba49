// kept-events - The events of one subject that a recording which begins later still needs, chosen as the table of kinds states.

import { remember } from "../base/bounded-map.ts";
import { type Event, having } from "../events/event.ts";
import { KINDS } from "../events/kinds.ts";
import type { Carry } from "../events/traits.ts";
import { numbersOf } from "../ledger/tokens/numbers.ts";

/** An event and its place among all events; for a token also the event that shows how its thread received it. */
export interface Kept {
  order: number;
  event: Event;
  caller?: Kept | undefined;
}

/** What is kept of one socket or binding, or of one kind of event about anything else. */
export interface KeptEvents {
  /** Kept for good: what introduced the subject, and what changed it once. */
  lines: Kept[];
  /** The newest of what comes again and again, by kind and key. */
  newest: Map<string, Kept>;
  /** Level tokens: issued and not returned, by token number, oldest first. */
  tokens: Map<number, Kept[]>;
}

export const isIssue = having("carry", "token");
const isReturn = having("carry", "return");

export function noEvents(): KeptEvents {
  return { lines: [], newest: new Map(), tokens: new Map() };
}

/** Keeps of an event what the table states for its kind. */
export function keep(events: KeptEvents, kept: Kept): void {
  const { event } = kept;
  const { carry } = KINDS[event.kind].is;
  switch (carry) {
    case "nothing":
      return;
    case "every":
      events.lines.push(kept);
      return;
    case "newest":
      events.newest.set(event.kind, kept);
      return;
    case "first and newest":
      if (!events.newest.has(event.kind)) events.lines.push(kept);
      events.newest.set(event.kind, kept);
      return;
    case "token":
      return keepToken(events, kept);
    case "return":
      return dropTokens(events, event);
    default:
      return keepByKey(events, kept, carry);
  }
}

/** All events that are kept, in no order. */
export function eventsIn({ lines, newest, tokens }: KeptEvents): Kept[] {
  return [...lines, ...newest.values(), ...withCallers([...tokens.values()].flat())];
}

/** Tokens, each after the event that shows how it was received. */
export function withCallers(tokens: Kept[]): Kept[] {
  return tokens.flatMap((kept) => (kept.caller ? [kept.caller, kept] : [kept]));
}

/** Key of the newest event of a kind for one value of a field. */
export function keyOf(kind: Event["kind"], ...values: unknown[]): string {
  return `${kind} ${values.join(" ")}`;
}

function keepByKey({ newest }: KeptEvents, kept: Kept, carry: Exclude<Carry, string>): void {
  const fields = kept.event as unknown as Record<string, unknown>;
  const names = "newestBy" in carry ? carry.newestBy : [carry.sumBy];
  const key = keyOf(kept.event.kind, ...names.map((name) => fields[name]));
  const before = "sumBy" in carry ? newest.get(key) : undefined;
  remember(newest, key, before ? { ...kept, event: sum(before.event, kept.event) } : kept);
}

function sum(before: Event, event: Event): Event {
  if (!("count" in before && "count" in event)) return event;
  return { ...event, count: before.count + event.count };
}

function keepToken({ tokens }: KeptEvents, kept: Kept): void {
  if (!isIssue(kept.event)) return;
  const holds = tokens.get(kept.event.token);
  if (holds) holds.push(kept);
  else tokens.set(kept.event.token, [kept]);
}

function dropTokens({ tokens }: KeptEvents, event: Event): void {
  if (!isReturn(event)) return;
  for (const number of numbersOf(event)) {
    const holds = tokens.get(number);
    holds?.shift();
    if (holds?.length === 0) tokens.delete(number);
  }
}
