// program - The programs of probes/: each is made for its kernel and its bpftrace, and nothing in the files is left over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS } from "../events/event.ts";
import {
  CHOICES,
  checkAll,
  ITERATORS,
  iteratorProgram,
  levelProgram,
  OLDEST_TARGET,
  readProbe,
  targets,
} from "./program.ts";

const V6 = { ...OLDEST_TARGET, variant: "sockopt" } as const;
const RANGES = { ...OLDEST_TARGET, hasRanges: true };

/** Without comments. */
const code = (program: string) => program.replace(/^ *\/\/.*\n/gm, "");

test("every program can be made, and every file and branch of probes/ is in one", () => {
  const { programs, files } = checkAll();
  assert.equal(programs, LEVELS.length * targets().length + ITERATORS.length * targets().length);
  assert.ok(files > 0);
});

test("on mainline the xarray has its mainline name, and nothing of the v6 series is needed", () => {
  for (const level of LEVELS) {
    const text = code(levelProgram(level, OLDEST_TARGET));
    assert.match(text, /->sk_user_frags\.xa_head/);
    assert.doesNotMatch(text, /sk_devmem_info|outstanding_urefs|@paged|sock_devmem_set_autorelease/, level);
    assert.match(text, / sockmode=0 /);
  }
});

test("with the v6 series every mention of the xarray has its new name, and the option is watched", () => {
  for (const level of LEVELS) {
    const text = code(levelProgram(level, V6));
    assert.doesNotMatch(text, /sk_user_frags/, level);
    assert.match(text, /sk_devmem_info\.frags\.xa_head/, level);
    assert.match(text, / sockmode=1 /, level);
  }
  assert.match(levelProgram("counts", V6), /^fexit:sock_devmem_set_autorelease$/m);
  assert.match(levelProgram("holds", V6), /@paged\[\$sk, \$token\] = /);
});

test("level sampled counts no tokens, and has no probe where they are issued or returned", () => {
  for (const target of [OLDEST_TARGET, V6]) {
    const text = code(levelProgram("sampled", target));
    assert.doesNotMatch(text, /@issued|@returned|@linear/);
    assert.doesNotMatch(text, /^\w+:(tcp_recvmsg|sock_devmem_dontneed|put_cmsg|tcp_xa_pool)/m);
  }
});

test("bpftrace takes one BEGIN, one END and one config in a program, and the config before all else", () => {
  for (const level of LEVELS)
    for (const target of targets()) {
      const text = code(levelProgram(level, target));
      for (const probe of [/^BEGIN$/gm, /^END$/gm, /^config = /gm])
        assert.equal(text.match(probe)?.length, 1, `${probe} at level ${level}`);
      assert.match(text, /^\s*config = /);
      assert.doesNotMatch(text, /\b(BIRTHS|MAP_KEYS|XARRAY_MODE)\b|@(if|else|end|include|define)\b/);
    }
});

test("no two loops of a probe share a variable: bpftrace 0.25 gives both the type of one", () => {
  const programs = [
    ...LEVELS.flatMap((level) => targets().map((target) => levelProgram(level, target))),
    ...ITERATORS.flatMap((name) => targets().map((target) => iteratorProgram(name, target))),
  ];
  for (const probe of programs.flatMap((program) => code(program).split(/^}$/m))) {
    const variables = [...probe.matchAll(/\bfor \((\$\w+) :/g)].map(([, variable]) => variable);
    assert.equal(new Set(variables).size, variables.length, `${variables.join(" ")} in\n${probe}`);
  }
});

test("the map of births has the size that is asked for, and a level without it keeps none", () => {
  assert.match(
    levelProgram("holds", OLDEST_TARGET, 1000),
    /max_map_keys = 5096;.*\(int64\)1000 - \(int64\)@births/s,
  );
  assert.match(levelProgram("counts", OLDEST_TARGET, 1000), /max_map_keys = 4096;/);
});

test("files that join the counts in a program do not use their maps by accident", () => {
  const mapsOf = (text: string) => new Set(code(text).match(/@\w+/g));
  const counts = mapsOf(levelProgram("counts", V6));
  for (const file of ["holds.bt", "calls.bt", "cpu.bt", "locks.bt"])
    for (const map of mapsOf(readProbe(file) ?? "")) assert.ok(!counts.has(map), `${map} of ${file}`);
});

test("where bpftrace has ranges, both loops over what a return names are such, and count nothing themselves", () => {
  const text = code(levelProgram("holds", RANGES));
  assert.deepEqual(text.match(/for \(\$\w : 0\.\.\d+\)/g), ["for ($i : 0..128)", "for ($k : 0..128)"]);
  assert.doesNotMatch(text, /\$k\+\+|\$k < /);
  assert.match(text, /for \(\$k : 0\.\.128\) \{\n *if \(\$at >= \$end\) \{\n *break;/);
  assert.match(text, /while \(\$i < 17 && /, "a loop with another condition stays");
});

test("where the generic slow path is the only one, a kprobe counts waits and nothing shows when they end", () => {
  const text = code(levelProgram("profile", { ...OLDEST_TARGET, spinlock: "generic" }));
  assert.match(text, /^kprobe:queued_spin_lock_slowpath\n\{\n[^}]*\(uint64\)arg0 == [^}]*@waits/m);
  assert.doesNotMatch(text, /args\.lock|native_queued|@waiting/);
  assert.match(text, /^interval:s:1\n\{\n[^}]*@waits/m);
});

for (const variant of CHOICES.kernel)
  for (const iterator of ITERATORS)
    test(`${iterator}, ${variant}: one iterator with the map size it needs, and braces that match`, () => {
      const text = code(iteratorProgram(iterator, { ...OLDEST_TARGET, variant }));
      assert.equal(text.match(/^iter:/gm)?.length, 1);
      assert.match(text, /^config = \{ max_map_keys = 128 \}$/m);
      assert.equal(text.match(/\{/g)?.length, text.match(/\}/g)?.length);
      assert.match(text, /printf\("held t=/);
      assert.equal(text.includes("sk_user_frags"), variant === "xarray");
      assert.equal(text.includes("outstanding_urefs"), variant === "sockopt");
    });
