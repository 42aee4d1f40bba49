// unpacker - Blocks → events. A block may come from anybody: every value is checked.

import type { Event } from "../../events/event.ts";
import { fieldValue } from "../../events/fields.ts";
import { BLOCK_EVENTS, type Block, type Column, eventsOf } from "./block.ts";
import { type FieldNames, forgetPast, type Plan, pastOf, plansOf } from "./columns.ts";
import { unreadable } from "./event-line.ts";

/** Most events and texts between two fresh blocks, and characters in these: a recording of ours has at most half. */
const MOST_EVENTS = 2 ** 16 + 2 * BLOCK_EVENTS;
const MOST_TEXTS = 2 ** 20;
const MOST_CHARACTERS = 2 ** 26;

/** Rows `from` up to `to` of the columns of one kind. */
interface Rows {
  kind: string;
  plan: Plan;
  columns: Column[];
  from: number;
  to: number;
}

/** Reads the blocks of one recording, one after the other. */
export class Unpacker {
  readonly #plans: Map<string, Plan>;
  #texts: string[] = [];
  #characters = 0;
  #events = 0;
  #lastTime = 0;
  /** Whether the block before was read: after a damaged one nothing can be read up to a fresh one. */
  #isWhole = false;

  /** @param names the header's `fields` */
  constructor(names: FieldNames) {
    this.#plans = plansOf(names);
  }

  /** The events of a block; null if it is damaged or continues one that could not be read. */
  unpack(block: Block): Event[] | null {
    if (block.fresh) this.#forget();
    else if (!this.#isWhole) return null;
    this.#isWhole = false;
    if (!this.#fits(block)) return null;
    for (const text of block.texts) this.#texts.push(text);
    const events: Event[] = [];
    for (const rows of this.#rowsOf(block)) if (!rows || !this.#read(rows, events)) return null;
    this.#isWhole = true;
    return events;
  }

  /** Whether what has to be kept until the next fresh block stays as little as in a recording of ours. */
  #fits(block: Block): boolean {
    this.#events += eventsOf(block);
    this.#characters += block.texts.reduce((sum, { length }) => sum + length, 0);
    const texts = this.#texts.length + block.texts.length;
    return this.#events <= MOST_EVENTS && this.#characters <= MOST_CHARACTERS && texts <= MOST_TEXTS;
  }

  /** After something between the blocks could not be read. */
  interrupt(): void {
    this.#isWhole = false;
  }

  #forget(): void {
    this.#texts = [];
    this.#characters = 0;
    this.#events = 0;
    this.#lastTime = 0;
    forgetPast(this.#plans);
  }

  /** The rows in the order of their events; null for those of a kind whose columns are not those in the header. */
  *#rowsOf({ order, columns }: Block): Generator<Rows | null> {
    const next = new Map<string, number>();
    for (let i = 0; i < order.length; i += 2) {
      const [kind, times] = [order[i] as string, order[i + 1] as number];
      const from = next.get(kind) ?? 0;
      next.set(kind, from + times);
      const plan = this.#plans.get(kind);
      const own = columns[kind] ?? [];
      yield plan && own.length === plan.fields.length
        ? { kind, plan, columns: own, from, to: from + times }
        : null;
    }
  }

  /** Appends the events of the rows; false if one is damaged. */
  #read(rows: Rows, events: Event[]): boolean {
    const { kind, plan, columns, from, to } = rows;
    if (!plan.readable) return this.#skip(rows, events);
    for (let row = from; row < to; row++) {
      const event: Record<string, string | number> = { kind };
      if (!this.#fill(event, plan, columns, row)) return false;
      events.push(event as unknown as Event);
    }
    return true;
  }

  /** A kind of a newer program: its events count as lost, their times count. */
  #skip({ kind, plan, columns, from, to }: Rows, events: Event[]): boolean {
    for (let row = from; row < to; row++) this.#lastTime += at(columns[plan.time], row);
    if (!Number.isSafeInteger(this.#lastTime)) return false;
    events.push(unreadable(this.#lastTime, to - from, `events of a kind not known here: ${kind}`));
    return true;
  }

  #fill(event: Record<string, string | number>, plan: Plan, columns: Column[], row: number): boolean {
    const { fields, subject } = plan;
    const about = subject < 0 ? 0 : at(columns[subject], row);
    if (subject >= 0 && typeof this.#texts[about] !== "string") return false;
    const past = pastOf(plan, about);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      if (!field) continue;
      const raw = at(columns[i], row);
      const value = fieldValue(
        field.isText ? this.#texts[raw] : this.#sum(field.name, raw, past, i),
        field.type,
      );
      if (value === undefined) return false;
      event[field.name] = value;
    }
    return true;
  }

  #sum(name: string, step: number, past: number[], i: number): number {
    const value = (name === "t" ? this.#lastTime : (past[i] as number)) + step;
    if (name === "t") this.#lastTime = value;
    else past[i] = value;
    return value;
  }
}

function at(column: Column | undefined, row: number): number {
  return (typeof column === "number" ? column : column?.[row]) as number;
}
