// kept-events - Of each kind a recording that begins later has what the table states, as long as the subject exists.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../events/event.ts";
import { FIELDS, KIND_NAMES, KINDS, type Kind } from "../events/kinds.ts";
import type { Carry } from "../events/traits.ts";
import { eventOf } from "../testing/examples.ts";
import { HEADER } from "../testing/kernel.ts";
import { CarryOver } from "./carry-over.ts";

const [FIRST, SECOND] = [100, 200];
/** These end a socket or binding, so that the second of them is about another one, or none; and what is kept then. */
const ENDING: Partial<Record<Kind, number[]>> = { bind: [SECOND], free: [FIRST], destroy: [] };
const subject = { sk: "s1", born: 10, binding: "b1", dmabuf: 1 };

/** The events of `kind` that stand after a binding, a socket, and two events of this kind. */
function carried(kind: Kind, changed: object = {}): Event[] {
  const carryOver = new CarryOver(HEADER);
  const at = (k: Kind, t: number, more: object = {}) => {
    const event = eventOf(k, { t });
    const own = Object.entries(subject).filter(([name]) => name in event);
    carryOver.take({ ...event, ...Object.fromEntries(own), ...more } as Event);
  };
  at("bind", 1);
  at("socket", 10);
  if (kind === "swept") at("unbind", 50);
  at(kind, FIRST);
  at(kind, SECOND, changed);
  return carryOver.events().filter((event) => event.kind === kind && event.t >= FIRST);
}

/** Times of what is kept of two events that agree in all fields but t. */
function expected(carry: Carry): number[] {
  switch (carry) {
    case "nothing":
    case "return":
      return [];
    case "every":
    case "first and newest":
    case "token":
      return [FIRST, SECOND];
    case "newest":
      return [SECOND];
    default:
      return [SECOND];
  }
}

for (const kind of KIND_NAMES)
  test(`${kind}: ${JSON.stringify(KINDS[kind].is.carry)}`, () => {
    assert.deepEqual(
      carried(kind).map(({ t }) => t),
      ENDING[kind] ?? expected(KINDS[kind].is.carry),
    );
  });

/** Another value than the example has. */
function other(kind: Kind, name: string): unknown {
  const type = FIELDS[kind][name];
  return Array.isArray(type) ? type[1] : 8;
}

test("one is kept for each value of the key", () => {
  for (const kind of KIND_NAMES) {
    const { carry } = KINDS[kind].is;
    if (typeof carry === "string") continue;
    const names: readonly string[] = "newestBy" in carry ? carry.newestBy : [carry.sumBy];
    for (const name of names)
      assert.equal(carried(kind, { [name]: other(kind, name) }).length, 2, `${kind} with another ${name}`);
  }
});

test("losses are added up by what lost them", () => {
  const [loss, ...others] = carried("lost", { count: 23 });
  assert.deepEqual([loss?.kind === "lost" && loss.count, others], [30, []]);
});
