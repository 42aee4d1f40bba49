// doctor - Everything that is missing is named with its fix.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS } from "../events/event.ts";
import { type Capability, capabilitiesOf, lackingForBpftrace, lackingToTrace } from "../kernel/privileges.ts";
import { checks, doctorText, type Host } from "./doctor.ts";

const ALL = [
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_SYS_PTRACE",
  "CAP_SYS_ADMIN",
  "CAP_PERFMON",
  "CAP_BPF",
] as const;

function may(uid: number, effective: readonly Capability[], perfEventParanoid = 2): Pick<Host, "privileges"> {
  return { privileges: { uid, effective: new Set(effective), perfEventParanoid } };
}

const GOOD: Host = {
  ...may(0, ALL),
  platform: "linux",
  levels: LEVELS.map((level) => ({ level, absent: [], missing: [] })),
  lockdown: "none",
  kernel: { release: "6.12.0", variant: "xarray", unknown: [] },
  bpftrace: { version: "0.23.2", supported: true },
};

test("a host with everything lacks nothing", () => {
  assert.ok(checks(GOOD).every((c) => c.ok));
});

test("the v6 series can be traced", () => {
  assert.ok(
    checks({ ...GOOD, kernel: { release: "6.12.0", variant: "sockopt", unknown: [] } }).every((c) => c.ok),
  );
});

const LACKS: [string, Partial<Host>, RegExp][] = [
  [
    "privileges to read",
    may(0, ["CAP_BPF", "CAP_PERFMON"]),
    /snapshot needs CAP_SYS_ADMIN and CAP_SYS_PTRACE/,
  ],
  ["privileges", may(1000, ALL), /Tracing needs user 0/],
  ["token bookkeeping", { kernel: null }, /CONFIG_DEBUG_INFO_BTF/],
  [
    "token bookkeeping",
    { kernel: { release: "6.1.0", variant: "none", unknown: ["nothing"] } },
    /6\.12 or newer/,
  ],
  [
    "token bookkeeping",
    { kernel: { release: "6.19.0", variant: "netlink", unknown: [] } },
    /v7 to v10.*mainline and v6 only/,
  ],
  ["lockdown", { lockdown: "confidentiality" }, /integrity/],
  [
    "layouts",
    { kernel: { release: "7.5.0", variant: "xarray", unknown: ["where it keeps X is not known"] } },
    /LACK {2}layouts: where it keeps X is not known - .*newer devmem-trace/,
  ],
  [
    "level tokens",
    { levels: [{ level: "tokens", absent: [], missing: ["put_cmsg_notrunc"] }] },
    /put_cmsg_notrunc - this kernel has inlined .* levels that are ok do without them/,
  ],
  ["functions", { levels: null }, /tracefs/],
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

test("the last line has the levels that can be traced, and how much is left to fix", () => {
  const last = (lack: Partial<Host>) => doctorText(checks({ ...GOOD, ...lack })).at(-1);
  const levels = LEVELS.map((level) => ({
    level,
    absent: [],
    missing: level === "tokens" ? ["put_cmsg_notrunc"] : [],
  }));
  assert.equal(last({}), "can trace: sampled, counts, holds, profile, tokens; 0 to fix");
  assert.equal(last({ levels }), "can trace: sampled, counts, holds, profile; 1 to fix");
  assert.equal(
    last(may(0, ["CAP_BPF", "CAP_PERFMON"])),
    "can trace: sampled, counts, holds, profile, tokens; 1 to fix",
  );
  assert.equal(last({ bpftrace: null, levels }), "can trace: nothing; 2 to fix");
});

test("a level that does without a function says what it does not show", () => {
  const levels = [{ level: "counts" as const, absent: ["tcp_recvmsg_locked"], missing: [] }];
  const text = doctorText(checks({ ...GOOD, levels })).join("\n");
  assert.match(text, /ok {4}level counts: .*tcp_recvmsg_locked cannot be probed .*: peeks and failed calls/);
});

test("what tracing needs is named by capability", () => {
  const lacking = (uid: number, caps: readonly Capability[], paranoid?: number) =>
    lackingToTrace(may(uid, caps, paranoid).privileges);
  assert.deepEqual(lacking(0, []), ["CAP_BPF", "CAP_PERFMON"]);
  assert.deepEqual(lacking(0, ["CAP_BPF", "CAP_PERFMON"]), []);
  assert.deepEqual(lacking(0, ["CAP_BPF", "CAP_PERFMON"], 3), ["CAP_SYS_ADMIN"]);
  assert.deepEqual(lacking(0, ["CAP_SYS_ADMIN"], 4), []);
});

test("bpftrace itself requires more of a user who is not root, the older one user 0", () => {
  const { privileges } = may(1000, ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_OVERRIDE"]);
  assert.deepEqual(lackingForBpftrace(privileges, "0.23.2"), ["user 0"]);
  assert.deepEqual(lackingForBpftrace(privileges, "0.27.0"), ["CAP_DAC_READ_SEARCH"]);
  assert.deepEqual(lackingForBpftrace(may(0, []).privileges, "0.23.2"), []);
});

test("a capability set is read as the kernel writes it", () => {
  assert.deepEqual([...capabilitiesOf("000000c000200000")].sort(), [
    "CAP_BPF",
    "CAP_PERFMON",
    "CAP_SYS_ADMIN",
  ]);
  assert.equal(capabilitiesOf("0").size, 0);
});
