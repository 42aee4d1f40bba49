// skipped-runs - Skipped runs are reported once, by program; those that lose nothing never.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { attached } from "../bpftrace/attach-points.ts";
import { programsOf } from "../kernel/bpf-stats.ts";
import { SkippedRuns } from "./skipped-runs.ts";

const RAW_TRACEPOINT = 17;
const TRACING = 26;
const PERF_EVENT = 7;
const POINTS = [
  "fentry:tcp_close",
  "fentry:bpf_iter_run_prog",
  "fexit:native_queued_spin_lock_slowpath",
  "interval:s:1",
];

/** A process of pid 1 with a file, a map, BEGIN's program and those of POINTS, none of them skipped yet. */
function traced(context: TestContext) {
  const proc = mkdtempSync(join(tmpdir(), "devmem-trace-skipped-"));
  context.after(() => rmSync(proc, { recursive: true }));
  mkdirSync(join(proc, "1", "fdinfo"), { recursive: true });
  const open = (fd: number, info: string) => writeFileSync(join(proc, "1", "fdinfo", String(fd)), info);
  const skip = (fd: number, type: number, count: number) =>
    open(
      fd,
      `pos:\t0\nflags:\t02000002\nprog_type:\t${type}\nprog_jited:\t1\nprog_id:\t${fd}\nrecursion_misses:\t${count}\n`,
    );
  open(0, "pos:\t0\nflags:\t02\n");
  open(1, "pos:\t0\nflags:\t02000002\nmap_type:\t1\nmap_id:\t7\n");
  [RAW_TRACEPOINT, TRACING, TRACING, TRACING, PERF_EVENT].forEach((type, i) => {
    skip(i + 2, type, 0);
  });
  const programs = programsOf(1, proc);
  return { skip, skippedRuns: new SkippedRuns(() => attached(programs(), POINTS)) };
}

test("skipped runs are reported once, by what the program is attached to", (context) => {
  const { skip, skippedRuns } = traced(context);
  assert.deepEqual(skippedRuns.take(), []);
  skip(3, TRACING, 2);
  assert.deepEqual(skippedRuns.take(), [{ program: "fentry:tcp_close", count: 2 }]);
  assert.deepEqual(skippedRuns.take(), []);
  skip(3, TRACING, 5);
  assert.deepEqual(skippedRuns.take(), [{ program: "fentry:tcp_close", count: 3 }]);
});

test("an interval, a reading and a wait for a lock that were skipped lose nothing", (context) => {
  const { skip, skippedRuns } = traced(context);
  skip(4, TRACING, 9);
  skip(5, TRACING, 3);
  skip(6, PERF_EVENT, 50);
  assert.deepEqual(skippedRuns.take(), []);
});

test("a process that is gone skips nothing more", () => {
  assert.deepEqual(new SkippedRuns(() => attached(programsOf(4, "/nowhere")(), POINTS)).take(), []);
});

test("a kprobe and the kretprobe after it may be one program", () => {
  const ends = ["fexit:tcp_recvmsg_locked", "fexit:tcp_recvmsg_locked"];
  const points = ["kprobe:net_devmem_bind_dmabuf", "kretprobe:net_devmem_bind_dmabuf", ...ends];
  const programs = [1, 2, 3, 4].map((id) => ({ id, type: TRACING }));
  const names = (count: number) => attached(programs.slice(0, count), points).map(({ name }) => name);
  assert.deepEqual(names(4), points);
  assert.deepEqual(names(3), ["kprobe:net_devmem_bind_dmabuf", ...ends]);
  assert.deepEqual(names(1), ["program 1"]);
});
