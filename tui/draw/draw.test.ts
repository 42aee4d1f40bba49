// draw - Tables, lists, cells, lines, bars, sparklines and looks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cell, hideAddresses, short } from "./cell-text.ts";
import { bar, glyphs, sparkline } from "./glyphs.ts";
import { blockLines, listLines, scrolled, top } from "./list.ts";
import { cut, ends, line, plainText, seg, wrap } from "./styled-line.ts";
import { type Column, table } from "./table.ts";
import { sgr } from "./theme.ts";

const COLUMNS: Column<{ name: string; n: number }>[] = [
  { title: "NAME", rank: 0, text: (r) => r.name },
  { title: "A NUMBER", short: "N", rank: 1, right: true, text: (r) => String(r.n) },
  { title: "REST", rank: 2, grows: true, text: () => "................................" },
];
const ROWS = [
  { name: "ab", n: 1 },
  { name: "c", n: 23 },
];

test("a table has full titles where they fit, else short ones, else fewer columns", () => {
  const at = (w: number) => plainText(table(COLUMNS, ROWS, w)).split("\n");
  assert.deepEqual(at(30), [
    "NAME A NUMBER REST",
    "ab          1 ...............",
    "c          23 ...............",
  ]);
  assert.deepEqual(at(14), ["NAME  N REST", "ab    1 .....", "c    23 ....."]);
  assert.deepEqual(at(9), ["NAME  N", "ab    1", "c    23"]);
  assert.deepEqual(at(3), ["NA", "ab", "c"]);
});

test("a list shows the rows around its cursor", () => {
  assert.equal(top(100, 0, 10), 0);
  assert.equal(top(100, 50, 10), 45);
  assert.equal(top(100, 99, 10), 90);
  assert.equal(top(3, 2, 10), 0);
  const text = plainText(listLines(COLUMNS, ROWS, 1, 12, 2, ">"));
  assert.equal(text, "  NAME  N\n> c    23");
});

test("blocks of lines keep the one at the cursor on the screen", () => {
  const block = (row: string) => [line(row), line(`${row}'`)];
  assert.equal(plainText(blockLines(["a", "b", "c"], 2, 3, block)), "b'\nc\nc'");
  assert.equal(plainText(blockLines(["a", "b", "c"], 0, 3, block)), "a\na'\nb");
  assert.deepEqual(blockLines([], 0, 3, block), []);
});

test("a text is shown from a line on, never past its end", () => {
  const lines = ["a", "b", "c"].map((text) => line(text));
  assert.equal(plainText(scrolled(lines, 1, 2)), "b\nc");
  assert.equal(plainText(scrolled(lines, 9, 2)), "b\nc");
});

test("lines are cut, moved to both ends and wrapped at spaces", () => {
  assert.equal(plainText([cut([seg("abc"), seg("def")], 4)]), "abcd");
  assert.equal(plainText([ends(line("left side"), line("right"), 10)]), "left right");
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
});

test("text from the traced side takes the columns that it is given", () => {
  assert.equal(cell("a\u001b[31m漢e\u0301"), "a?[31m漢e?");
  assert.equal(cell("⌚😀𝐀 한글"), "????? 한글");
  const names: Column<string>[] = [
    { title: "NAME", rank: 0, text: (name) => cell(name) },
    { title: "N", rank: 1, text: () => "1" },
  ];
  assert.equal(plainText(table(names, ["漢字", "한a", "abcd"], 20)), "NAME N\n漢字 1\n한a  1\nabcd 1");
  assert.equal(cell("naïve"), "naïve");
});

test("addresses are hidden, ports are not", () => {
  assert.equal(hideAddresses("192.0.2.1:5201 <- [2001:db8::2]:60 t 38.313"), "*:5201 <- *:60 t 38.313");
});

test("a count has at most six characters", () => {
  assert.deepEqual([0, 99999, 123456, 1234567, 12e9].map(short), ["0", "99999", "123k", "1.23M", "12G"]);
});

test("sparklines and bars, in Unicode and in ASCII", () => {
  assert.equal(sparkline([0, 1, 4, 8], glyphs(true)), "▁▂▅█");
  assert.equal(sparkline([0, 0], glyphs(false)), "__");
  assert.equal(bar(0.001, 4, glyphs(false)), "#...");
  assert.equal(bar(2, 4, glyphs(false)), "####");
});

test("without colours a look is bold, inverse or nothing", () => {
  for (const role of ["bad", "badgeBad", "selected", "text", "warn"] as const)
    assert.ok(["", "\x1b[1m", "\x1b[7m", "\x1b[1;7m"].includes(sgr(role, false)));
});
