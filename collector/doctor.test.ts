// doctor - Each lack is told with its fix.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checks, doctorText, type Host } from "./doctor.ts";

const GOOD: Host = {
  ...{ platform: "linux", root: true, missing: [], lockdown: "none" },
  kernel: { release: "6.12.0", variant: "xarray" },
  bpftrace: { version: "0.23.2", supported: true },
};

test("a host with everything has no lack", () => {
  assert.ok(checks(GOOD).every((c) => c.ok));
});

test("the v6 series can be traced", () => {
  assert.ok(checks({ ...GOOD, kernel: { release: "6.12.0", variant: "sockopt" } }).every((c) => c.ok));
});

const LACKS: [string, Partial<Host>, RegExp][] = [
  ["root", { root: false }, /sudo/],
  ["token bookkeeping", { kernel: null }, /CONFIG_DEBUG_INFO_BTF/],
  ["token bookkeeping", { kernel: { release: "6.1.0", variant: "none" } }, /6\.12 or newer/],
  [
    "token bookkeeping",
    { kernel: { release: "6.19.0", variant: "netlink" } },
    /v7 to v10.*mainline and v6 only/,
  ],
  ["lockdown", { lockdown: "confidentiality" }, /integrity/],
  ["probes", { missing: ["tcp_recvmsg_dmabuf"] }, /tcp_recvmsg_dmabuf/],
  ["probes", { missing: null }, /tracefs/],
  ["bpftrace", { bpftrace: null }, /install bpftrace/],
  ["bpftrace", { bpftrace: { version: "0.17.0", supported: false } }, /0\.17\.0/],
];

for (const [name, lack, words] of LACKS) {
  test(`${name}: ${words.source}`, () => {
    const list = checks({ ...GOOD, ...lack });
    const bad = list.filter((c) => !c.ok);
    assert.deepEqual(
      bad.map((c) => c.name),
      [name],
    );
    assert.match(doctorText(bad).join(), words);
  });
}
