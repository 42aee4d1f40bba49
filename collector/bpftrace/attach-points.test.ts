// attach-points - BPF programs are identified by their order alone: those of every level are, as either bpftrace loads them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS } from "../events/event.ts";
import { attached, attachPoints, functionsOf } from "./attach-points.ts";
import { levelProgram, OLDEST_TARGET } from "./program.ts";

/** BPF_PROG_TYPE_KPROBE: one that stays. */
const TYPE = 2;
const loaded = (count: number) => Array.from({ length: count }, (_, id) => ({ id, type: TYPE }));

for (const level of LEVELS)
  test(`level ${level}: a kprobe and its kretprobe are two programs or one, two kprobes are two`, () => {
    const points = attachPoints(levelProgram(level, OLDEST_TARGET));
    const returns = points.filter((point) => point.startsWith("kretprobe:"));
    const names = (count: number) => attached(loaded(count), points).map(({ name }) => name);
    assert.deepEqual(names(points.length), points);
    assert.deepEqual(
      names(points.length - returns.length),
      points.filter((point) => !returns.includes(point)),
    );
  });

test("every function that a probe attaches to is found, also in a list of attach points", () => {
  const { traced, probed } = functionsOf(levelProgram("tokens", { ...OLDEST_TARGET, variant: "sockopt" }));
  assert.ok(traced.includes("netdev_nl_sock_priv_destroy"));
  assert.ok(traced.includes("sock_devmem_set_autorelease"));
  for (const name of ["tcp_close", "tcp_v4_destroy_sock", "net_devmem_bind_dmabuf"])
    assert.ok(probed.includes(name), name);
});

test("waits for spinlocks are traced in the functions that the kernel has", () => {
  const waits = (spinlock: "native" | "paravirt" | "generic") => {
    const { traced, probed } = functionsOf(levelProgram("profile", { ...OLDEST_TARGET, spinlock }));
    return [traced, probed].map((names) => names.filter((name) => name.endsWith("_slowpath")));
  };
  const [native, paravirt] = ["native_queued_spin_lock_slowpath", "__pv_queued_spin_lock_slowpath"];
  assert.deepEqual(waits("native"), [[native], []]);
  assert.deepEqual(waits("paravirt"), [[native, paravirt], []]);
  assert.deepEqual(waits("generic"), [[], ["queued_spin_lock_slowpath"]]);
});
