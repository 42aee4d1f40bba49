// event - An event of each kind is read back as it was written, and refused if one of its fields is missing or of another type.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvent } from "../recording/format/event-line.ts";
import { exampleOf } from "../testing/examples.ts";
import { type FieldType, isNumeric } from "./fields.ts";
import { FIELDS } from "./kinds.ts";

function wrong(type: FieldType): unknown[] {
  const values = [null, undefined, [], {}, true];
  if (isNumeric(type)) return [...values, "7", 1e300, 0.5];
  return typeof type === "string" ? [...values, 7] : [...values, 7, "no such word"];
}

for (const [kind, fields] of Object.entries(FIELDS)) {
  const whole: Record<string, unknown> = { kind };
  for (const [name, type] of Object.entries(fields)) whole[name] = exampleOf(type);

  test(`${kind}: each field is required and must be of its type`, () => {
    assert.deepEqual(readEvent(JSON.stringify(whole)), whole);
    for (const [name, type] of Object.entries(fields))
      for (const value of wrong(type))
        assert.equal(readEvent(JSON.stringify({ ...whole, [name]: value })), null, `${name}=${value}`);
  });
}

test("a kind must be in the table; names that every object has are not kinds", () => {
  for (const kind of ["toString", "__proto__", "nothing", ""])
    assert.equal(readEvent(JSON.stringify({ kind, t: 1 })), null);
});
