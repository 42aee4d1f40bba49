// bounds - No list of the ledger grows for ever, and what no longer has a place of its own still counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADER } from "../testing/kernel.ts";
import { addExhaustion, newBinding } from "./bindings/binding.ts";
import { apply, newLedger } from "./ledger.ts";
import { addSample, byClass, type Sample } from "./profile/cpu-samples.ts";
import { addFinding, type Finding, findingOf } from "./sockets/findings.ts";

const BOUND = {
  binding: "b0",
  dmabuf: 1,
  bytes: 1 << 24,
  shift: 12,
  ifindex: 2,
  ifname: "devmem0",
  netns: 1,
};
const WHO = { pid: 7, comm: "x" };

test("episodes of exhaustion: the newest are listed, all are counted", () => {
  const binding = newBinding({ kind: "bind", t: 1, ...BOUND, ...WHO });
  for (let i = 1; i <= 3000; i++)
    addExhaustion(binding, { kind: "dry", t: i * 3e9, binding: "b0", failed: 2 * i });
  assert.equal(binding.dry.length + binding.dryBefore.episodes, 3000);
  assert.ok(binding.dry.length <= 1024);
  assert.equal(binding.dryBefore.failed + 2 * binding.dry.length, 6000);
});

test("returns through another socket that nobody is known for stay a short list with the same sum", () => {
  const ledger = newLedger({ ...HEADER, kernel: { ...HEADER.kernel, variant: "sockopt" } });
  const ends = { laddr: "192.0.2.1", lport: 1, raddr: "192.0.2.2", rport: 2 };
  let t = 10;
  apply(ledger, { kind: "bind", t, ...BOUND, ...WHO });
  for (const sk of ["a1", "a2", "a3"])
    apply(ledger, { kind: "manual", t: ++t, sk, born: t, ...BOUND, issued: 0, before: 0, ...ends, ...WHO });
  const born = [11, 12, 13];
  const count = (i: number, issued: number, returned: number) =>
    apply(ledger, {
      kind: "count",
      t,
      sk: `a${i}`,
      born: born[i - 1] as number,
      issued,
      returned,
      linear: 0,
      closed: 0,
    });
  for (let i = 1; i <= 2000; i++) {
    t += 1e8;
    for (const holder of [1, 2]) count(holder, 50 + 10 * i, 0);
    apply(ledger, { kind: "foreign", t, sk: "a3", tokens: 1, ...WHO });
    count(3, 0, i);
    apply(ledger, { kind: "tick", t });
  }
  const list = ledger.bindings[0]?.unattributed ?? [];
  assert.ok(list.length > 0 && list.length <= 256, `${list.length}`);
  assert.equal(
    list.reduce((sum, { tokens }) => sum + tokens, 0),
    2000,
  );
});

test("findings of many errnos: a few have an entry each, the rest one a kind", () => {
  const findings: Finding[] = [];
  for (let i = 1; i <= 1000; i++) addFinding(findings, findingOf("recvmsg error", i, 0, `errno ${i}`));
  assert.equal(findings.length, 65);
  assert.equal(
    findings.reduce((sum, { times }) => sum + times, 0),
    1000,
  );
});

test("CPU samples of many stacks still count in their class", () => {
  const samples = new Map<string, Sample>();
  const add = (stack: string) => addSample(samples, { kind: "sample", t: 1, pid: 7, tid: 7, stack });
  for (let i = 0; i < 10_000; i++) {
    add(`a${i};xas_load`);
    add(`a${i};tcp_recvmsg_locked`);
    add(`a${i};do_something`);
  }
  assert.ok(samples.size < 8192 + 16);
  const times = new Map(byClass([...samples.values()]).map((one) => [one.name, one.times]));
  for (const name of ["token bookkeeping (xarray)", "copy and receive", "other kernel"])
    assert.equal(times.get(name), 10_000, name);
});

test("stretches without a trace are joined in the middle: the first and the newest stay", () => {
  const ledger = newLedger(HEADER);
  for (let i = 1; i <= 1000; i++) {
    apply(ledger, { kind: "gap", t: i * 10, from: i * 10 - 5, detail: `bpftrace ended ${i}.` });
    apply(ledger, { kind: "resumed", t: i * 10 + 2 });
  }
  assert.equal(ledger.gaps.length, 256);
  assert.deepEqual(
    [ledger.gaps[0]?.why, ledger.gaps.at(-1)?.why],
    ["bpftrace ended 1.", "bpftrace ended 1000."],
  );
  assert.match(ledger.gaps[128]?.why ?? "", /^bpftrace ended 129; and further such stretches$/);
});
