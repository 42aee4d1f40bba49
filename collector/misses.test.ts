// misses - Skipped runs are summed over a process's programs and told once; interval probes do not count.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Misses } from "./misses.ts";

const TRACING = 26;
const PERF_EVENT = 7;

/** A process of pid 1 with a file, a map and these programs: type and runs skipped. */
function processWith(...programs: [type: number, missed: number][]) {
  const proc = mkdtempSync(join(tmpdir(), "devmem-trace-misses-"));
  for (const part of ["fd", "fdinfo"]) mkdirSync(join(proc, "1", part), { recursive: true });
  const open = (fd: number, what: string) => symlinkSync(what, join(proc, "1", "fd", String(fd)));
  const tell = (fd: number, type: number, missed: number) =>
    writeFileSync(
      join(proc, "1", "fdinfo", String(fd)),
      `pos:\t0\nflags:\t02000002\nprog_type:\t${type}\nprog_jited:\t1\nrecursion_misses:\t${missed}\nverified_insns:\t99\n`,
    );
  open(0, "/dev/null");
  open(1, "anon_inode:bpf-map");
  programs.forEach(([type, missed], i) => {
    open(i + 2, "anon_inode:bpf-prog");
    tell(i + 2, type, missed);
  });
  return { proc, tell };
}

test("skipped runs are told once, and those of an interval never", () => {
  const { proc, tell } = processWith([TRACING, 0], [TRACING, 2], [PERF_EVENT, 9]);
  const misses = new Misses(1, proc);
  assert.equal(misses.take(), 2);
  assert.equal(misses.take(), 0);
  tell(2, TRACING, 5);
  tell(4, PERF_EVENT, 50);
  assert.equal(misses.take(), 5);
});

test("a process that is gone has skipped nothing more", () => {
  const misses = new Misses(4, "/nowhere");
  assert.equal(misses.take(), 0);
});
