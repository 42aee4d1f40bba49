// errno - The names are those of this machine's C library; what the kernel keeps to itself is no error.

import assert from "node:assert/strict";
import os from "node:os";
import { test } from "node:test";
import { errnoName, isRestart } from "./errno.ts";

/** Second names of a number. */
const ALIASES = new Set(["EWOULDBLOCK", "ENOTSUP"]);

test("every number that Node knows has the same name, whatever its sign", () => {
  for (const [name, number] of Object.entries(os.constants.errno)) {
    if (ALIASES.has(name)) continue;
    assert.equal(errnoName(number), name);
    assert.equal(errnoName(-number), name);
  }
});

test("what the kernel returns besides, and what has no name", () => {
  assert.equal(errnoName(-525), "ETOOSMALL");
  assert.equal(errnoName(99999), "errno 99999");
  assert.deepEqual([-511, -512, -516, -517].map(isRestart), [false, true, true, false]);
});
