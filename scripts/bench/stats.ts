// stats - The kernel's own accounting of BPF programs (kernel.bpf_stats_enabled), per process that holds them.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

/** Runs `measured` with the accounting on and puts the switch back as it was. */
export async function withStats<T>(measured: () => Promise<T>): Promise<T> {
  const before = readFileSync(SWITCH, "utf8");
  writeFileSync(SWITCH, "1");
  try {
    return await measured();
  } finally {
    writeFileSync(SWITCH, before);
  }
}

/** Time and runs of every BPF program the process holds, ns (bpf_prog_show_fdinfo, kernel/bpf/syscall.c). */
export function programTime(pid: number): { ns: number; runs: number } {
  const total = { ns: 0, runs: 0 };
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const info = fdinfo(`/proc/${pid}/fdinfo/${fd}`);
    total.ns += Number(/^run_time_ns:\s*(\d+)/m.exec(info)?.[1] ?? 0);
    total.runs += Number(/^run_cnt:\s*(\d+)/m.exec(info)?.[1] ?? 0);
  }
  return total;
}

function fdinfo(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // The descriptor was closed since the listing.
  }
}

/** Middle value; the mean of the middle two of an even number. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half) - 1] ?? Number.NaN)) / 2;
}
