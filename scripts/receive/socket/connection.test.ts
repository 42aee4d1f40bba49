// connection - Token numbers as runs.
import assert from "node:assert/strict";
import test from "node:test";
import { rangesOf } from "./connection.ts";

test("consecutive numbers become one run, whatever their order", () => {
  assert.deepEqual(rangesOf([9, 3, 1, 2, 10]), [
    { start: 1, count: 3 },
    { start: 9, count: 2 },
  ]);
});

test("no tokens, no runs", () => {
  assert.deepEqual(rangesOf([]), []);
});
