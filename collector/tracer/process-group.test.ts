// process-group - On a terminal, which processes of our own group are the command's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Process, startedBy } from "./process-group.ts";

/** `check -- command | tee` in a shell: 10 the shell, 20 us, 21 tee, 30 the command. */
const GROUP: Process[] = [
  { pid: 1, ppid: 0, pgrp: 1 },
  { pid: 10, ppid: 1, pgrp: 10 },
  { pid: 20, ppid: 10, pgrp: 20 },
  { pid: 21, ppid: 10, pgrp: 20 },
  { pid: 30, ppid: 20, pgrp: 20 },
];
const also = (...more: [pid: number, ppid: number, pgrp?: number][]) => [
  ...GROUP,
  ...more.map(([pid, ppid, pgrp = 20]) => ({ pid, ppid, pgrp })),
];

test("the command alone, not the other end of the pipeline", () => {
  assert.deepEqual(startedBy(30, GROUP, 20), [30]);
});

test("its children and theirs, and those whose parent has ended", () => {
  assert.deepEqual(startedBy(30, also([31, 30], [32, 31], [33, 1], [34, 33]), 20), [30, 31, 32, 33, 34]);
  assert.deepEqual(
    startedBy(
      30,
      also([33, 1]).filter(({ pid }) => pid !== 30),
      20,
    ),
    [33],
  );
});

test("not what tee started, nor what has left the group, nor bpftrace in a group of its own", () => {
  assert.deepEqual(startedBy(30, also([22, 21], [35, 1, 35], [40, 20, 40]), 20), [30]);
});

test("not sudo or npm, which started us in the same group", () => {
  const all = also([31, 30]).map((one) => (one.pid === 20 ? { ...one, ppid: 19 } : one));
  assert.deepEqual(startedBy(30, [...all, { pid: 19, ppid: 10, pgrp: 20 }], 20), [30, 31]);
});
