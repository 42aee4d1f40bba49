// svg - Escape sequences as text, colours and places in an image.

import assert from "node:assert/strict";
import { test } from "node:test";
import { svgOf } from "./svg.ts";

/** Elements of a kind, in order. */
function elements(ansi: string, kind: "text" | "rect"): string[] {
  const lines = svgOf(ansi, 10, 2, "a title").split("\n");
  return lines.filter((line) => line.startsWith(`<${kind} x`));
}

test("text starts at its cell and has the length of its cells", () => {
  assert.deepEqual(elements("ab\n   c d  ", "text"), [
    '<text x="12" y="25.5" textLength="16.8" lengthAdjust="spacingAndGlyphs">ab</text>',
    '<text x="37.2" y="43.5" textLength="25.2" lengthAdjust="spacingAndGlyphs">c d</text>',
  ]);
});

test("no position depends on a renderer keeping several spaces", () => {
  const [first, second] = elements("a   b", "text");
  assert.match(first ?? "", /x="12" .*>a</);
  assert.match(second ?? "", /x="45.6" .*>b</);
});

test("colours of the 256 and bold are kept, also over the end of a line", () => {
  const [first, second, third] = elements("\x1b[1;38;5;208mx\ny\x1b[0mz", "text");
  assert.match(first ?? "", /x="12" .* fill="#ff8700" font-weight="bold">x</);
  assert.match(second ?? "", /x="12" y="43.5" .* fill="#ff8700" font-weight="bold">y</);
  assert.match(third ?? "", /x="20.4" .*"spacingAndGlyphs">z</);
});

test("a background is a rectangle under the text, spaces included", () => {
  const ansi = "\x1b[38;5;16;48;5;75m ok \x1b[0m";
  assert.deepEqual(elements(ansi, "rect"), ['<rect x="12" y="12" width="33.6" height="18" fill="#5fafff"/>']);
  assert.match(elements(ansi, "text")[0] ?? "", /x="20.4" .* fill="#000000">ok</);
});

test("inverse video swaps text and background", () => {
  const ansi = "\x1b[7mx\x1b[27my";
  assert.match(elements(ansi, "rect")[0] ?? "", /width="8.4" .*fill="#d0d7de"/);
  assert.match(elements(ansi, "text")[0] ?? "", /fill="#161b22">x</);
  assert.match(elements(ansi, "text")[1] ?? "", /"spacingAndGlyphs">y</);
});

test("text cannot become markup", () => {
  assert.match(elements("<b>&", "text")[0] ?? "", />&lt;b&gt;&amp;<\/text>$/);
});
