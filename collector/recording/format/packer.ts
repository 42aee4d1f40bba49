// packer - Events → blocks.

import type { Event } from "../../events/event.ts";
import type { Block, Column } from "./block.ts";
import { FIELD_NAMES, type Field, forgetPast, type Plan, pastOf, plansOf } from "./columns.ts";

/** Makes the blocks of one recording, one after the other. */
export class Packer {
  readonly #plans = plansOf(FIELD_NAMES);
  #numbers = new Map<string, number>();
  #lastTime = 0;

  /**
   * @param events at most BLOCK_EVENTS
   * @param first events of the recording before these
   */
  pack(events: readonly Event[], first: number, fresh: boolean): Block {
    if (fresh) this.#forget();
    const block: Block = { first, fresh, texts: [], order: [], columns: {} };
    const columns = new Map<string, number[][]>();
    for (const event of events) {
      const plan = this.#plans.get(event.kind) as Plan;
      countIn(block.order, event.kind);
      const own = columns.get(event.kind) ?? plan.fields.map(() => []);
      columns.set(event.kind, own);
      this.#put(event, plan, own, block.texts);
    }
    for (const [kind, own] of columns) block.columns[kind] = own.map(shortened);
    return block;
  }

  #forget(): void {
    this.#numbers = new Map();
    this.#lastTime = 0;
    forgetPast(this.#plans);
  }

  #put(event: Event, plan: Plan, columns: number[][], texts: string[]): void {
    const values = event as unknown as Record<string, string | number>;
    const past = this.#past(values, plan, texts);
    for (let i = 0; i < columns.length; i++) {
      const { name, isText } = plan.fields[i] as Field;
      const value = values[name] as string | number;
      columns[i]?.push(
        isText ? this.#number(value as string, texts) : this.#step(name, value as number, past, i),
      );
    }
  }

  #past(values: Record<string, string | number>, plan: Plan, texts: string[]): number[] {
    const subject = plan.subject < 0 ? null : plan.fields[plan.subject];
    return pastOf(plan, subject ? this.#number(values[subject.name] as string, texts) : 0);
  }

  #step(name: string, value: number, past: number[], i: number): number {
    const before = name === "t" ? this.#lastTime : (past[i] as number);
    if (name === "t") this.#lastTime = value;
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

function countIn(order: Block["order"], kind: string): void {
  if (order.at(-2) === kind) order[order.length - 1] = (order.at(-1) as number) + 1;
  else order.push(kind, 1);
}

function shortened(column: number[]): Column {
  const first = column[0] as number;
  return column.every((value) => value === first) ? first : column;
}
