// directives - Programs out of files that are written here: what each directive does, and that none fails silently.

import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../base/errors.ts";
import { Assembler } from "./directives.ts";

const VALUES = { kernel: ["old", "new"], loops: ["while", "ranges"], level: ["low", "high", "top"] };
const CHOICES = { kernel: "new", loops: "ranges", level: "high" };

function assembler(files: Record<string, string>): Assembler {
  return new Assembler((file) => files[file] ?? null, VALUES);
}

function program(files: Record<string, string>, choices = CHOICES, words = {}): string {
  return assembler({ "part.bt": "$part;\n", ...files }).program("main.bt", choices, words);
}

test("an included file is put in without its header, indented like the directive", () => {
  const part =
    "#!/usr/bin/env bpftrace\n// part - A header.\n//\n// More of it.\n\n// Kept.\nif ($a) {\n  $b;\n}\n";
  const main = "// main - Kept.\n\nBEGIN\n{\n  // @include part.bt\n}\n";
  const text = "// main - Kept.\n\nBEGIN\n{\n  // Kept.\n  if ($a) {\n    $b;\n  }\n}\n";
  assert.equal(program({ "main.bt": main, "part.bt": part }), text);
});

const TAKEN: [condition: string, isTaken: boolean][] = [
  ["kernel is new", true],
  ["kernel is old", false],
  ["kernel is not old", true],
  ["level is low or high", true],
  ["level is not low or high", false],
  ["level is low or top", false],
];

for (const [condition, isTaken] of TAKEN)
  test(`@if ${condition}: ${isTaken ? "taken" : "its @else"}`, () => {
    const main = `// @if ${condition}\n$yes;\n// @else\n$no;\n// @end\n$after;\n`;
    assert.equal(program({ "main.bt": main }), `${isTaken ? "$yes" : "$no"};\n$after;\n`);
  });

test("an @if inside of another one is taken where both are", () => {
  const main =
    "// @if kernel is old\n// @if loops is ranges\n$a;\n// @else\n$b;\n// @end\n// @else\n$c;\n// @end\n";
  assert.equal(program({ "main.bt": main }), "$c;\n");
  assert.equal(program({ "main.bt": main }, { ...CHOICES, kernel: "old" }), "$a;\n");
  assert.equal(program({ "main.bt": main }, { ...CHOICES, kernel: "old", loops: "while" }), "$b;\n");
});

test("a defined word is replaced in code, strings too, from there on; a comment, a map and a variable are not", () => {
  const main =
    'field;\n// @define field info.field\n// field\n$field; @field; a->field; subfield; "field=FIELD"\n';
  assert.equal(
    program({ "main.bt": main }, CHOICES, { FIELD: "7" }),
    'field;\n// field\n$field; @field; a->info.field; subfield; "info.field=7"\n',
  );
});

test("a comment that begins with a map is a comment", () => {
  const main = "// @sock[sk] = (binding, first seen).\n";
  assert.equal(program({ "main.bt": main }), main);
});

const FAULTS: [why: string, main: string, message: RegExp][] = [
  [
    "a directive that is misspelt",
    "\n  // @inculde part.bt\n",
    /^probes\/main\.bt:2: there is no directive @inculde, only @include, @if, /,
  ],
  [
    "one in a branch that is not taken",
    "// @if kernel is old\n// @fi\n// @end\n",
    /^probes\/main\.bt:2: there is no directive @fi/,
  ],
  ["one written tightly", "//@esle\n", /^probes\/main\.bt:1: there is no directive @esle/],
  [
    "a file that does not exist",
    "// @include parts/none.bt\n",
    /^probes\/main\.bt:1: there is no probes\/parts\/none\.bt\.$/,
  ],
  ["an @if without an @end", "$a;\n// @if kernel is old\n", /^probes\/main\.bt:2: this @if has no @end\.$/],
  ["an @end without an @if", "// @end\n", /^probes\/main\.bt:1: this @end has no @if\.$/],
  ["an @else without an @if", "// @else\n", /^probes\/main\.bt:1: this @else has no @if\.$/],
  [
    "a second @else",
    "// @if kernel is old\n// @else\n// @else\n// @end\n",
    /^probes\/main\.bt:3: this @else has no @if\.$/,
  ],
  [
    "a name that @if does not know",
    "// @if kenrel is new\n// @end\n",
    /:1: @if knows no kenrel, only kernel, loops, level\.$/,
  ],
  [
    "a value that a name never has",
    "// @if kernel is old or nwe\n// @end\n",
    /:1: kernel is never nwe, only old, new\.$/,
  ],
  [
    "a condition of another form",
    "// @if kernel = new\n// @end\n",
    /:1: @if is not followed by NAME is VALUE/,
  ],
  ["a definition without text", "// @define word\n", /:1: @define takes a word and what it reads as\.$/],
  [
    "a defined word that is not used",
    "// @define word text\n$word;\n",
    /:1: this program does not use the word word\.$/,
  ],
];

for (const [why, main, message] of FAULTS)
  test(`${why}: an error with file and line`, () => {
    assert.throws(
      () => program({ "main.bt": main }),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });

test("an error in an included file has that file's line, its header counted", () => {
  assert.throws(
    () => program({ "main.bt": "// @include part.bt\n", "part.bt": "// part - x\n//\n\n$a;\n// @oops\n" }),
    /^UserError: probes\/part\.bt:5: there is no directive @oops|^Error: probes\/part\.bt:5: there is no directive @oops/,
  );
});

test("a file or a branch that no program uses is an error; used by one program it is not", () => {
  const files = {
    "main.bt": "// @if kernel is old\n$a;\n// @else\n$b;\n// @end\n// @include part.bt\n",
    "part.bt": "$c;\n",
    "forgotten.bt": "$d;\n",
  };
  const from = assembler(files);
  from.program("main.bt", CHOICES);
  assert.throws(
    () => from.requireAllUsed(["main.bt"]),
    /probes\/main\.bt:1: no program takes this branch\.$/,
  );
  from.program("main.bt", { ...CHOICES, kernel: "old" });
  from.requireAllUsed(["main.bt", "part.bt"]);
  assert.throws(
    () => from.requireAllUsed(Object.keys(files)),
    /probes\/forgotten\.bt: no program includes this file\.$/,
  );
});
