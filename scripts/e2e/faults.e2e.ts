// faults - Exit codes and sentences where something is wrong, in a real guest.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ALL, GUESTS, leftOutIf, testbed } from "./testbed.ts";

/** Case of scripts/e2e/faults → exit code and what must be said. */
type Cases = Record<string, [code: number, said: RegExp]>;

/** Of those that a kernel and its bpftrace decide. */
const KERNEL: Cases = {
  "check, leaky receiver": [
    23,
    /verdict: leak - 1 socket closed while still holding tokens.*reclaimed.*closed holding 23 tokens/,
  ],
  doctor: [0, /ok +token bookkeeping: xarray/],
  compiled: [0, /buffers [1-9]\d* shared\./],
};

/** Of those that the tool decides: they are tried in one guest. */
const OWN: Cases = {
  "asked for a reading before it can be had, the command fails": [
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

for (const guest of GUESTS) {
  const again = guest !== GUESTS[0];
  const groups = ["kernel", ...(again && !ALL ? [] : ["own"])];
  describe(guest, () => {
    const outcome = new Map<string, [code: number, said: string]>();
    before(async () => {
      const output = await testbed("--guest", guest, "--", "scripts/e2e/faults", ...groups);
      for (const line of output.trimEnd().split("\n")) {
        const [name = "", code, said = ""] = line.split("\t");
        outcome.set(name, [Number(code), said]);
      }
    });
    for (const [name, [code, said]] of Object.entries({ ...KERNEL, ...OWN })) {
      test(name, leftOutIf(again && name in OWN), () => {
        const found = outcome.get(name);
        assert.ok(found, "the case was not run");
        assert.match(found[1], said);
        assert.equal(found[0], code);
        assert.doesNotMatch(found[1], /\bat .*\.(ts|js):\d+/, "a stack trace");
      });
    }
  });
}
