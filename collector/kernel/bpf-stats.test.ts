// bpfstats - Programs are known by their order alone: every level's are named, as either bpftrace loads them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { program } from "../bpftrace/probes.ts";
import { LEVELS } from "../events/event.ts";
import { attached, attachPoints } from "./bpf-stats.ts";

/** BPF_PROG_TYPE_KPROBE: one that stays. */
const TYPE = 2;
const loaded = (count: number) => Array.from({ length: count }, (_, id) => ({ id, type: TYPE }));

for (const level of LEVELS)
  test(`level ${level}: a kprobe and its kretprobe are two programs or one, two kprobes are two`, () => {
    const points = attachPoints(program(level));
    const returns = points.filter((point) => point.startsWith("kretprobe:"));
    const names = (count: number) => attached(loaded(count), points).map(({ name }) => name);
    assert.deepEqual(names(points.length), points);
    assert.deepEqual(
      names(points.length - returns.length),
      points.filter((point) => !returns.includes(point)),
    );
  });
