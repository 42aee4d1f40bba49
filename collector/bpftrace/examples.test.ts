// examples - The example lines in the headers of probes/ are lines that the collector reads, and every kind has one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { epoch, parse } from "../events/parse.ts";
import { readHeldLine } from "../snapshot/snapshot.ts";
import { probeFiles, readProbe } from "./program.ts";

/** What iterators print, which the collector reads as they print it: no event of the stream. */
const ITERATOR_LINES = "parts/held-line.bt";

/** The comment that a file begins with, without its slashes. */
function headerOf(text: string): string[] {
  const header = /^(?:#!.*\n)?((?:\/\/.*\n)*)/.exec(text)?.[1] ?? "";
  return header.split("\n").map((line) => line.replace(/^\/\/ ?/, ""));
}

/** Example lines are indented by two spaces, what is folded by six more, a frame of a stack by eight. */
function examplesOf(text: string): string[] {
  const lines: string[] = [];
  for (const line of headerOf(text)) {
    const [, indent = "", rest = ""] = /^( +)(\S.*)$/.exec(line) ?? [];
    if (indent.length === 2) lines.push(rest);
    else if (indent.length === 6) lines.push(`${lines.pop()} ${rest}`);
    else if (indent.length === 8) lines.push(`${lines.pop()}\n${rest}`);
    else assert.equal(indent, "", `an indentation that means nothing: ${line}`);
  }
  return lines;
}

/** The kinds of lines that a file prints itself, not by what it includes. */
function kindsOf(text: string): string[] {
  return [...new Set([...text.matchAll(/printf\("(\w+) /g)].map((match) => match[1] as string))].sort();
}

function kindIn(file: string, line: string): string | undefined {
  if (file !== ITERATOR_LINES) return parse(line, epoch("0"))?.kind;
  return readHeldLine(line) ? "held" : undefined;
}

for (const file of probeFiles()) {
  const text = readProbe(file) ?? "";
  const examples = examplesOf(text);
  const printed = kindsOf(text);
  if (examples.length === 0 && printed.length === 0) continue;

  test(`${file}: its examples are lines it prints, and every kind of line it prints has one`, () => {
    for (const line of examples) assert.ok(kindIn(file, line), `not a line: ${line}`);
    const shown = [...new Set(examples.map((line) => kindIn(file, line) as string))];
    assert.deepEqual(shown.sort(), printed);
  });
}
