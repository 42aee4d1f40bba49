// blocks - Events of every kind come back from a compressed recording as they were, and differences are to the right event.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../events/event.ts";
import { isNumeric } from "../../events/fields.ts";
import { FIELDS, KIND_NAMES, KINDS, type Kind } from "../../events/kinds.ts";
import { SUBJECT_FIELDS } from "../../events/traits.ts";
import { eventOf } from "../../testing/examples.ts";
import { HEADER } from "../../testing/kernel.ts";
import { packed, read } from "../../testing/recordings.ts";
import { FIELD_NAMES, plansOf } from "./columns.ts";

/** Two events of a kind about each of two subjects; numbers differ from one to the next, so every difference is a number. */
function four(kind: Kind): Event[] {
  return [1, 2, 3, 4].map((n) => {
    const event = eventOf(kind);
    const numbers = Object.entries(FIELDS[kind]).filter(([, type]) => isNumeric(type));
    const subject = {
      ...("sk" in event && { sk: `s${n % 2}` }),
      ...("binding" in event && { binding: `b${n % 2}` }),
    };
    return {
      ...event,
      ...Object.fromEntries(numbers.map(([name, type], i) => [name, type === "shift" ? n : n * n * (i + 1)])),
      ...subject,
    };
  }) as Event[];
}

for (const kind of KIND_NAMES.filter((name) => name !== "end"))
  test(`${kind}: packed and read back`, async () => {
    const events = [...four(kind), eventOf("end", { t: 99 })];
    for (const sizes of [undefined, { block: 1, chunk: 3 }])
      assert.deepEqual((await read(packed(HEADER, events, sizes))).events, events);
  });

test("all kinds in one block", async () => {
  const kinds = KIND_NAMES.filter((name) => name !== "end");
  const events = [...kinds.flatMap(four), ...kinds.toReversed().flatMap(four), eventOf("end", { t: 99 })];
  assert.deepEqual((await read(packed(HEADER, events))).events, events);
});

test("the format's rule for differences agrees with the table: about a socket, else a binding, else nothing", () => {
  for (const [kind, plan] of plansOf(FIELD_NAMES)) {
    const { about } = KINDS[kind as Kind].is;
    const expected = about === "socket" || about === "binding" ? SUBJECT_FIELDS[about] : undefined;
    assert.equal(plan.fields[plan.subject]?.name, expected, kind);
  }
});
