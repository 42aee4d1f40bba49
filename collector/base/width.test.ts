// width - Columns of a terminal: wide characters take two, marks none, and tables stay in line.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { table } from "./format.ts";
import { columnsOf, cutTo, padded } from "./width.ts";

test("wide characters take two columns, combining marks none", () => {
  assert.deepEqual(["rx", "數據", "e\u0301", "ｱ"].map(columnsOf), [2, 4, 1, 1]);
  assert.deepEqual([cutTo("數據", 3), padded("數", 4)], ["數", "數  "]);
});

test("a cut text is the beginning, and never wider than asked for", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, most) => {
      const cut = cutTo(text, most);
      assert.ok(text.startsWith(cut) && columnsOf(cut) <= most);
    }),
  );
});

test("columns of a table stay in line beside wide names, and one long name does not make every row long", () => {
  const lines = table([
    ["NAME", "N"],
    ["數據庫", "1"],
    ["rx", "2"],
    ["x".repeat(1e6), "3"],
  ]);
  const places = lines.map((line) => columnsOf(line.slice(0, -1)));
  assert.deepEqual(new Set(places).size, 1);
  assert.ok((places[0] as number) < 70);
});
