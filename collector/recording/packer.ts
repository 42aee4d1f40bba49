// packer - Events → blocks (columns.ts).

import type { Event } from "../events/event.ts";
import { type Block, type Column, FIELD_NAMES, type Field, type Plan, pastOf, plansOf } from "./columns.ts";

/** Makes blocks of events. */
export class Packer {
  readonly #plans = plansOf(FIELD_NAMES);
  #numbers = new Map<string, number>();
  #last = 0;

  /** The events, at most BLOCK_EVENTS, as a block that comes after `first` others. */
  pack(events: readonly Event[], first: number, fresh: boolean): Block {
    if (fresh) this.#forget();
    const block: Block = { first, fresh, texts: [], order: [], columns: {} };
    const columns = new Map<string, number[][]>();
    for (const event of events) {
      const plan = this.#plans.get(event.kind) as Plan;
      count(block.order, event.kind);
      const own = columns.get(event.kind) ?? plan.fields.map(() => []);
      columns.set(event.kind, own);
      this.#put(event, plan, own, block.texts);
    }
    for (const [kind, own] of columns) block.columns[kind] = own.map(shorten);
    return block;
  }

  #forget(): void {
    this.#numbers = new Map();
    this.#last = 0;
    for (const plan of this.#plans.values()) plan.past = [];
  }

  #put(event: Event, plan: Plan, columns: number[][], texts: string[]): void {
    const values = event as unknown as Record<string, string | number>;
    const about = plan.subject < 0 ? "" : (plan.fields[plan.subject]?.name ?? "");
    const past = pastOf(plan, about === "" ? 0 : this.#number(values[about] as string, texts));
    for (let i = 0; i < columns.length; i++) {
      const { name, isText } = plan.fields[i] as Field;
      const value = values[name] as string | number;
      columns[i]?.push(
        isText ? this.#number(value as string, texts) : this.#step(name, value as number, past, i),
      );
    }
  }

  #step(name: string, value: number, past: number[], i: number): number {
    const before = name === "t" ? this.#last : (past[i] as number);
    if (name === "t") this.#last = value;
    else past[i] = value;
    return value - before;
  }

  #number(text: string, texts: string[]): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    texts.push(text);
    return this.#numbers.size - 1;
  }
}

function count(order: Block["order"], kind: string): void {
  if (order.at(-2) === kind) order[order.length - 1] = (order.at(-1) as number) + 1;
  else order.push(kind, 1);
}

function shorten(column: number[]): Column {
  const first = column[0] as number;
  return column.every((value) => value === first) ? first : column;
}
