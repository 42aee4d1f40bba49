// faults - Exit codes and sentences where something is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, type Suite, whenRead } from "../lib/suite.ts";

/** Case of guest/faults → the exit code and the message. */
type Cases = Record<string, [code: number, said: RegExp]>;

/** Those that a kernel and its bpftrace decide. */
const KERNEL: Cases = {
  "check, leaky receiver": [
    23,
    /verdict: leak - 1 socket closed while still holding tokens.*reclaimed.*closed holding 23 tokens/,
  ],
  doctor: [
    0,
    /ok +token bookkeeping: xarray.*\|can trace: sampled, counts, holds, profile, tokens; 0 to fix\|/,
  ],
  compiled: [0, /buffers [1-9]\d* shared\./],
  printed: [0, /tick t=\d+.*sums t=\d+ kept=0 unbound=0 freed=0 last=1/],
};

/** Those that the tool decides: the same in every guest. */
const OWN: Cases = {
  "a reading requested before the kernel can be read, and a command that fails": [
    1,
    /verdict: clean.*No socket received a token/,
  ],
  "check, clean receiver": [0, /verdict: clean.*clean +\d+ +\S+ +192\.0\.2\.1:5203/],
  "check, no such command": [1, /devmem-trace: \/no\/such\/command cannot be run/],
  "bpftrace killed midway": [
    3,
    /verdict: inconclusive - nothing was traced from .* bpftrace was ended by SIGKILL/,
  ],
  "bpftrace killed after a leak, another code": [42, /verdict: leak - 1 socket closed/],
  "no bpftrace": [4, /devmem-trace: bpftrace is not installed .*apt-get install bpftrace/],
  "old bpftrace": [4, /devmem-trace: bpftrace 0\.17\.0 is too old/],
  "no root": [4, /devmem-trace: Tracing needs CAP_BPF and CAP_PERFMON.*user 65534.*sudo/],
  "doctor without bpftrace": [4, /LACK +bpftrace: not found - install bpftrace 0\.23 or newer/],
};

/** A function that cannot be probed takes away what needs it, and nothing else. */
const ABSENT: Cases = {
  "counts without tcp_recvmsg_locked": [
    23,
    /tcp_recvmsg_locked cannot be probed in this kernel: peeks and failed calls.*closed holding 23 tokens/,
  ],
  "tokens without tcp_recvmsg_dmabuf": [
    23,
    /tcp_recvmsg_dmabuf cannot be probed in this kernel: payload that went to linear.*closed holding 23 tokens/,
  ],
  "sampled without tcp_xa_pool_commit_locked": [23, /level sampled.*closed holding 23 tokens/],
  "counts without tcp_xa_pool_commit_locked": [
    4,
    /Level counts cannot be traced: it needs tcp_xa_pool_commit_locked, .* Use --level sampled\./,
  ],
  "tokens without put_cmsg_notrunc": [
    4,
    /Level tokens cannot be traced: it needs put_cmsg_notrunc, .* Use --level sampled, counts, holds, or profile\./,
  ],
  "doctor without put_cmsg_notrunc": [
    4,
    /LACK +level tokens: cannot be probed: put_cmsg_notrunc.*can trace: sampled, counts, holds, profile; 1 to fix/,
  ],
};

/** The cases of the kernel; with `own` those of the tool, and of a kernel that lacks a function, as well. */
export function faults(own: boolean): Suite {
  const groups = own ? ["kernel", "own", "absent"] : ["kernel"];
  return {
    name: "faults",
    command: ["scripts/e2e/guest/faults", ...groups],
    tests: (output) => faultTests(own ? { ...KERNEL, ...OWN, ...ABSENT } : KERNEL, output),
  };
}

function faultTests(cases: Cases, output: () => Promise<string>): void {
  const seen = whenRead(output, (text) => new Map(linesOf(text).map(outcomeIn)));
  for (const [name, [code, said]] of Object.entries(cases))
    test(name, () => {
      const found = seen().get(name);
      assert.ok(found, "the case was not run");
      assert.match(found.said, said);
      assert.equal(found.code, code);
      assert.doesNotMatch(found.said, /\bat .*\.(ts|js):\d+/, "a stack trace");
    });
}

function outcomeIn(line: string): [name: string, outcome: { code: number; said: string }] {
  const [name = "", code, said = ""] = line.split("\t");
  return [name, { code: Number(code), said }];
}
