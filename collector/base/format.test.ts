// format - Numbers as a person reads them.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytes, duration } from "./format.ts";

test("a length of time has the unit people use for it", () => {
  const [s, min, h, d] = [1e9, 60e9, 3600e9, 86400e9];
  const texts: [number, string][] = [
    [0, "0 ns"],
    [999, "999 ns"],
    [1234, "1.23 us"],
    [1_234_567, "1.23 ms"],
    [23.4 * s, "23.4 s"],
    [119 * s, "119 s"],
    [2 * min, "2 min"],
    [143 * s, "2.4 min"],
    [47.4 * min, "47 min"],
    [119 * min, "119 min"],
    [2 * h, "2 h"],
    [26_210 * s, "7.3 h"],
    [47 * h, "47 h"],
    [2 * d, "2 d"],
    [400 * d, "400 d"],
  ];
  for (const [ns, text] of texts) assert.equal(duration(ns), text);
});

const UNITS: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9, d: 86400e9 };

test("a length of time reads back to within 5 %", () => {
  fc.assert(
    fc.property(fc.double({ min: 100, max: 1e18, noNaN: true }), (ns) => {
      const [number = "", unit = ""] = duration(ns).split(" ");
      const back = Number(number) * (UNITS[unit] ?? Number.NaN);
      assert.ok(Math.abs(back - ns) <= 0.05 * ns, `${ns}: ${duration(ns)}`);
    }),
  );
});

test("bytes have three digits and a binary unit", () => {
  assert.deepEqual([0, 1023, 94_208, 1.5 * 2 ** 30].map(bytes), ["0 B", "1023 B", "92 KiB", "1.5 GiB"]);
});
