// draw - The small ones: tables, lists, cells, histograms, jumps, what a terminal can show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { abilities } from "../screen/abilities.ts";
import { jumpTo } from "../sources/typed-time.ts";
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

test("a table has full titles where they fit, then short ones, then fewer columns", () => {
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

test("blocks of lines keep the cursor's in sight", () => {
  const block = (row: string) => [line(row), line(`${row}'`)];
  assert.equal(plainText(blockLines(["a", "b", "c"], 2, 3, block)), "b'\nc\nc'");
  assert.equal(plainText(blockLines(["a", "b", "c"], 0, 3, block)), "a\na'\nb");
  assert.deepEqual(blockLines([], 0, 3, block), []);
});

test("a longer text is shown from a line on, never past its end", () => {
  const lines = ["a", "b", "c"].map((text) => line(text));
  assert.equal(plainText(scrolled(lines, 1, 2)), "b\nc");
  assert.equal(plainText(scrolled(lines, 9, 2)), "b\nc");
});

test("lines are cut, set apart and wrapped at spaces", () => {
  assert.equal(plainText([cut([seg("abc"), seg("def")], 4)]), "abcd");
  assert.equal(plainText([ends(line("left side"), line("right"), 10)]), "left right");
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
});

test("foreign text takes a column a character", () => {
  assert.equal(cell("a\u001b[31m漢e\u0301"), "a?[31m?e?");
  assert.equal(cell("naïve"), "naïve");
});

test("addresses are hidden, ports are not", () => {
  assert.equal(hideAddresses("192.0.2.1:5201 <- [2001:db8::2]:60 t 38.313"), "*:5201 <- *:60 t 38.313");
});

test("counts stay short", () => {
  assert.deepEqual([0, 99999, 123456, 1234567, 12e9].map(short), ["0", "99999", "123k", "1.23M", "12G"]);
});

test("sparklines and bars, in Unicode and in ASCII", () => {
  assert.equal(sparkline([0, 1, 4, 8], glyphs(true)), "▁▂▅█");
  assert.equal(sparkline([0, 0], glyphs(false)), "__");
  assert.equal(bar(0.001, 4, glyphs(false)), "#...");
  assert.equal(bar(2, 4, glyphs(false)), "####");
});

test("times to jump to", () => {
  const at = (text: string) => jumpTo(text, 10e9, 40e9);
  assert.deepEqual(["12.5", "+5", "-5 s", "50%", "+900", "-900"].map(at), [12.5e9, 15e9, 5e9, 20e9, 40e9, 0]);
  assert.deepEqual(["", "x", "1e3", "--1", "+"].map(at), [null, null, null, null, null]);
});

test("what a terminal can show, by its environment", () => {
  const utf8 = { LANG: "C.UTF-8", TERM: "xterm" };
  assert.deepEqual(abilities(utf8), { colours: true, unicode: true });
  assert.deepEqual(abilities({ ...utf8, NO_COLOR: "1" }), { colours: false, unicode: true });
  assert.deepEqual(abilities({ ...utf8, TERM: "dumb" }), { colours: false, unicode: false });
  assert.deepEqual(abilities({ ...utf8, TERM: "linux" }), { colours: true, unicode: false });
  assert.deepEqual(abilities({ ...utf8, LC_ALL: "C" }), { colours: true, unicode: false });
});

test("without colours a look is bold, inverse or nothing", () => {
  for (const role of ["bad", "badgeBad", "selected", "text", "warn"] as const)
    assert.ok(["", "\x1b[1m", "\x1b[7m", "\x1b[1;7m"].includes(sgr(role, false)));
});
