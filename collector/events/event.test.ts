// event - Each kind of event in the tables is read back as it was written, and refused when one of its fields is of another form.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvent } from "../recording/format/event-line.ts";
import type { FieldType } from "./fields.ts";
import { FIELDS } from "./kinds.ts";

function example(type: FieldType): string | number {
  if (typeof type !== "string") return type[0] as string;
  return type === "time" || type === "int" ? 7 : "text";
}

function wrong(type: FieldType): unknown[] {
  const values = [null, undefined, [], {}, true];
  if (type === "time" || type === "int") return [...values, "7", 1e300, 0.5];
  return typeof type === "string" ? [...values, 7] : [...values, 7, "no such word"];
}

for (const [kind, fields] of Object.entries(FIELDS)) {
  const whole: Record<string, unknown> = { kind };
  for (const [name, type] of Object.entries(fields)) whole[name] = example(type);

  test(`${kind}: each field is asked for and must be of its type`, () => {
    assert.deepEqual(readEvent(JSON.stringify(whole)), whole);
    for (const [name, type] of Object.entries(fields))
      for (const value of wrong(type))
        assert.equal(readEvent(JSON.stringify({ ...whole, [name]: value })), null, `${name}=${value}`);
  });
}

test("a kind must be of the tables: names every object has are none", () => {
  for (const kind of ["toString", "__proto__", "nothing", ""])
    assert.equal(readEvent(JSON.stringify({ kind, t: 1 })), null);
});
