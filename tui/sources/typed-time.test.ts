// typed-time - Which texts are a time to jump to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { typedTime } from "./typed-time.ts";

const at = (text: string) => typedTime(text, 10e9, 40e9);

test("seconds, seconds from now and shares are times within the recording", () => {
  assert.deepEqual(["12.5", "+5", "-5 s", "50%", "+900", "-900"].map(at), [12.5e9, 15e9, 5e9, 20e9, 40e9, 0]);
});

test("any other text is not a time", () => {
  assert.deepEqual(["", "x", "1e3", "--1", "+"].map(at), [null, null, null, null, null]);
});
