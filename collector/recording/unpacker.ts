// unpacker - Blocks (columns.ts) → events; of a block nothing is believed.

import type { Event } from "../events/event.ts";
import { isField } from "../events/fields.ts";
import { type Block, type Column, type FieldNames, lost, type Plan, pastOf, plansOf } from "./columns.ts";

/** A fresh block comes long before: only a file made to harm has more. */
const MOST_TEXTS = 2 ** 20;

/** Makes events of blocks. */
export class Unpacker {
  readonly #plans: Map<string, Plan>;
  #texts: string[] = [];
  #last = 0;
  /** Whether there is something to lean on: nothing can be made of a block after a damaged one, up to a fresh one. */
  #whole = false;

  /** @param names the header's `fields` */
  constructor(names: FieldNames) {
    this.#plans = plansOf(names);
  }

  /** The events of a block; null when it is damaged or leans on what could not be read. */
  unpack(block: Block): Event[] | null {
    if (block.fresh) this.#forget();
    else if (!this.#whole) return null;
    this.#whole = false;
    const events: Event[] = [];
    if (this.#texts.length + block.texts.length > MOST_TEXTS) return null;
    for (const text of block.texts) this.#texts.push(text);
    const rows = new Map<string, number>();
    for (let i = 0; i < block.order.length; i += 2) {
      const [kind, times] = [block.order[i] as string, block.order[i + 1] as number];
      const from = rows.get(kind) ?? 0;
      rows.set(kind, from + times);
      if (!this.#read(kind, block.columns[kind] ?? [], from, from + times, events)) return null;
    }
    this.#whole = true;
    return events;
  }

  /** After something between the blocks could not be read. */
  interrupt(): void {
    this.#whole = false;
  }

  #forget(): void {
    this.#texts = [];
    this.#last = 0;
    for (const plan of this.#plans.values()) plan.past = [];
  }

  #read(kind: string, columns: Column[], from: number, to: number, events: Event[]): boolean {
    const plan = this.#plans.get(kind);
    if (!plan || columns.length !== plan.fields.length) return false;
    if (!plan.readable) return this.#skip(kind, plan, columns, from, to, events);
    for (let row = from; row < to; row++) {
      const event: Record<string, string | number> = { kind };
      if (!this.#row(event, plan, columns, row)) return false;
      events.push(event as unknown as Event);
    }
    return true;
  }

  /** A kind of a newer program: what it says is lost, the time goes on. */
  #skip(kind: string, plan: Plan, columns: Column[], from: number, to: number, events: Event[]): boolean {
    for (let row = from; row < to; row++) this.#last += at(columns[plan.time], row);
    if (!Number.isSafeInteger(this.#last)) return false;
    events.push(lost(this.#last, to - from, `events of a kind not known here: ${kind}`));
    return true;
  }

  #row(event: Record<string, string | number>, plan: Plan, columns: Column[], row: number): boolean {
    const { fields, subject } = plan;
    const about = subject < 0 ? 0 : at(columns[subject], row);
    if (subject >= 0 && typeof this.#texts[about] !== "string") return false;
    const past = pastOf(plan, about);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      if (!field) continue;
      const raw = at(columns[i], row);
      const value = field.isText ? this.#texts[raw] : this.#sum(field.name, raw, past, i);
      if (!isField(value, field.type)) return false;
      event[field.name] = value as string | number;
    }
    return true;
  }

  #sum(name: string, step: number, past: number[], i: number): number {
    const value = (name === "t" ? this.#last : (past[i] as number)) + step;
    if (name === "t") this.#last = value;
    else past[i] = value;
    return value;
  }
}

function at(column: Column | undefined, row: number): number {
  return (typeof column === "number" ? column : column?.[row]) as number;
}
