// misses - How many runs of bpftrace's programs the kernel skipped, because one was under way on that CPU already.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** BPF_PROG_TYPE_PERF_EVENT, include/uapi/linux/bpf.h: an interval that was skipped prints what it has the next time. */
const PERF_EVENT = 7;

/**
 * A process's BPF programs, found once: reading takes a few short files. The kernel's counts are recursion_misses of
 * bpf_prog_show_fdinfo (kernel/bpf/syscall.c).
 */
export class Misses {
  readonly #files: string[];
  #seen = 0;

  /** @param pid the process that has the programs open @param proc where its files are */
  constructor(pid: number, proc = "/proc") {
    const fds = join(proc, String(pid), "fd");
    const programs = attempt(() => readdirSync(fds), []).filter((fd) =>
      attempt(() => readlinkSync(join(fds, fd)), "").includes("bpf-prog"),
    );
    this.#files = programs
      .map((fd) => join(proc, String(pid), "fdinfo", fd))
      .filter((file) => typeOf(file) !== PERF_EVENT);
  }

  /** Runs skipped since the last call; 0 where the process is gone. */
  take(): number {
    const all = this.#files.reduce((sum, file) => sum + (field(file, "recursion_misses") ?? 0), 0);
    const more = Math.max(0, all - this.#seen);
    this.#seen += more;
    return more;
  }
}

function typeOf(file: string): number | null {
  return field(file, "prog_type");
}

function field(file: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s*(\\d+)$`, "m").exec(attempt(() => readFileSync(file, "utf8"), ""));
  return found ? Number(found[1]) : null;
}

function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
