// probes - The program of a level is made for the kernel's variant, and names functions to attach to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS } from "../events/event.ts";
import { textOf, withRanges } from "./probe-text.ts";
import { functionsOf, program } from "./probes.ts";

test("on mainline the xarray has its mainline name, and nothing of the v6 series is needed", () => {
  const text = program("tokens", "xarray");
  assert.match(text, /sk_user_frags/);
  assert.doesNotMatch(text, /sk_devmem_info\.\w+\./);
  assert.ok(!functionsOf("tokens", "xarray").traced.includes("sock_devmem_set_autorelease"));
});

test("with the v6 series every mention of the xarray has its new name, and the option is watched", () => {
  const text = program("counts", "sockopt");
  assert.doesNotMatch(text, /sk_user_frags/);
  assert.match(text, /sk_devmem_info\.frags\.xa_head/);
  assert.ok(functionsOf("counts", "sockopt").traced.includes("sock_devmem_set_autorelease"));
});

test("what manual mode needs stands in the programs for the v6 series, and in no other", () => {
  for (const level of LEVELS) {
    assert.doesNotMatch(program(level, "sockopt"), /manual mode.*: see probe-text/, level);
    assert.doesNotMatch(program(level, "xarray"), /@paged|outstanding_urefs/, level);
  }
  assert.match(program("holds", "sockopt"), /@paged\[\$sk, \$token\] = /);
});

test("bpftrace takes one BEGIN and one END in a program", () => {
  for (const level of LEVELS)
    for (const variant of ["xarray", "sockopt"] as const)
      for (const probe of ["BEGIN", "END"])
        assert.ok((program(level, variant).match(new RegExp(`^${probe}$`, "gm"))?.length ?? 0) <= 1, level);
  assert.match(program("holds"), /^BEGIN\n\{\n[^}]*@sock\[[^}]*@issuing\[[^}]*\n\}\n/);
});

test("every function a probe attaches to is found, also in a list of probes", () => {
  const { traced, probed } = functionsOf("tokens", "sockopt");
  assert.ok(traced.includes("netdev_nl_sock_priv_destroy"));
  for (const name of ["tcp_close", "tcp_v4_destroy_sock", "net_devmem_bind_dmabuf"])
    assert.ok(probed.includes(name), name);
});

test("waits for spinlocks are met wherever this kernel waits", () => {
  const { traced } = functionsOf("profile", "xarray", ["one_slowpath", "other_slowpath"]);
  assert.ok(["one_slowpath", "other_slowpath"].every((name) => traced.includes(name)));
  assert.ok(!traced.includes("native_queued_spin_lock_slowpath"));
  assert.ok(functionsOf("profile").traced.includes("native_queued_spin_lock_slowpath"));
});

test("where the generic slow path is the only one, a kprobe counts waits and nothing tells when they end", () => {
  const text = program("profile", "xarray", ["queued_spin_lock_slowpath"]);
  assert.match(text, /^kprobe:queued_spin_lock_slowpath\n\{\n[^}]*\(uint64\)arg0 == [^}]*@waits/m);
  assert.doesNotMatch(text, /args\.lock|native_queued|@waiting/);
  assert.match(text, /^interval:s:1\n\{\n[^}]*@waits/m);
});

test("files that make up one program do not use each other's maps by accident", () => {
  const mapsOf = (text: string) => new Set(text.match(/@\w+/g));
  const others = mapsOf(program("counts", "sockopt"));
  for (const file of ["holds.bt", "calls.bt", "cpu.bt", "locks.bt"])
    for (const map of mapsOf(textOf(file))) assert.ok(!others.has(map), `${map} of ${file}`);
});

test("where bpftrace has ranges, both loops over what a return names are such, and count nothing themselves", () => {
  const text = withRanges(textOf("holds.bt"));
  assert.deepEqual(text.match(/for \(\$\w : 0\.\.\d+\)/g), ["for ($i : 0..128)", "for ($k : 0..128)"]);
  assert.doesNotMatch(text, /\$k\+\+|\$k < /);
  assert.match(text, /for \(\$k : 0\.\.128\) \{\n *if \(\$at >= \$end\) \{\n *break;/);
  assert.match(text, /while \(\$i < 17 && /, "a loop with another condition stays");
});
