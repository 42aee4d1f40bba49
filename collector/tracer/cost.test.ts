// cost - What single programs have cost, by what they are attached to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eachProgram } from "./cost.ts";

const program = (id: number, ns: number, runs: number) => ({ id, type: 26, ns, runs, skipped: 0 });

test("programs attached to one function are reported as one, also those of a bpftrace that is gone; BEGIN is left out", () => {
  const names = new Map([
    [1, "kprobe:sock_devmem_dontneed"],
    [2, "kprobe:sock_devmem_dontneed"],
    [3, "fentry:tcp_close"],
    [11, "fentry:tcp_close"],
  ]);
  const programs = [
    program(0, 9, 1),
    program(1, 10, 2),
    program(2, 5, 1),
    program(3, 0, 0),
    program(11, 7, 3),
  ];
  assert.deepEqual(
    eachProgram(4, programs, names).map(({ name, ns, runs }) => [name, ns, runs]),
    [
      ["kprobe:sock_devmem_dontneed", 15, 3],
      ["fentry:tcp_close", 7, 3],
    ],
  );
});
