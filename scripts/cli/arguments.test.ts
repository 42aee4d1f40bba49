// arguments - What each parser takes, and that it refuses the rest in a sentence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { birthCount, exitCode, positive, seconds, size, time, triggers, whole } from "./arguments.ts";

/** Each parser: what it makes of a text, and texts it refuses. */
const CASES: [parse: (text: string) => unknown, valid: Record<string, unknown>, refused: string[]][] = [
  [whole, { "0": 0, "4711": 4711, "4294967296": 2 ** 32 }, ["", "-1", "1.5", "0x10", "4294967297", "x"]],
  [positive, { "1": 1, "5": 5 }, ["0", "-1", "1.5", ""]],
  [exitCode, { "0": 0, "23": 23, "255": 255 }, ["256", "-1", "1.5", "", "leak"]],
  [birthCount, { "1": 1, "1048576": 2 ** 20 }, ["0", "1048577", "1e3"]],
  [seconds, { "1": 1, "0.25": 0.25, "86400": 86400 }, ["0", "-1", "86401", "", "soon"]],
  [
    size,
    { "65536": 65536, "64K": 65536, "64M": 2 ** 26, "1.5g": 1.5 * 2 ** 30, "1GiB": 2 ** 30, " 64kb ": 65536 },
    ["63K", "65535", "0", "64T", "M", "-64M", ""],
  ],
  [
    time,
    { "60s": 60e9, "60": 60e9, "1000ms": 1e9, "10m": 600e9, "10min": 600e9, "1.5h": 5400e9, "24h": 86400e9 },
    ["0.9s", "999ms", "25h", "1d", "s", "-1s", ""],
  ],
  [
    triggers,
    { leak: ["leak"], "leak, lost": ["leak", "lost"], exhausted: ["exhausted"] },
    ["", "leek", "leak,", "leak lost"],
  ],
];

for (const [parse, valid, refused] of CASES)
  test(`${parse.name}: valid text becomes a value, the rest is refused`, () => {
    for (const [text, value] of Object.entries(valid)) assert.deepEqual(parse(text), value, text);
    for (const text of refused)
      assert.throws(
        () => parse(text),
        { code: "commander.invalidArgument", message: /^It must be .*\.$/ },
        text,
      );
  });
