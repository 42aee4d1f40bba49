// bpftrace - Which bpftrace this is, by what it says of itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hasRanges, isSupported, versionIn } from "./bpftrace.ts";

test("a version is read however bpftrace was built", () => {
  assert.equal(versionIn("bpftrace v0.23.2\n"), "0.23.2");
  assert.equal(versionIn("bpftrace 0.26.0\n"), "0.26.0");
  assert.equal(versionIn("bpftrace v0.25-35-g1a2b3c4\n"), "0.25");
  assert.equal(versionIn("bpftrace v0.24.0-rc1\n"), "0.24.0");
  assert.equal(versionIn("hello\n"), null);
  assert.equal(versionIn(""), null);
});

test("0.23 and newer can be used; from 0.24 on with loops over ranges", () => {
  assert.deepEqual(["0.20.2", "0.22", "0.23.2", "0.25", "1.0.0"].map(isSupported), [
    false,
    false,
    true,
    true,
    true,
  ]);
  assert.deepEqual(["0.23.5", "0.24.0", "0.25"].map(hasRanges), [false, true, true]);
});
