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

/** One BPF program: what it took, ns, and how often it ran. */
export interface ProgramCost {
  ns: number;
  runs: number;
}

/** Every BPF program the process holds, by its id (bpf_prog_show_fdinfo, kernel/bpf/syscall.c). */
export function programs(pid: number): Map<number, ProgramCost> {
  const found = new Map<number, ProgramCost>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const info = fdinfo(`/proc/${pid}/fdinfo/${fd}`);
    const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(info)?.[1] ?? 0);
    if (field("prog_id")) found.set(field("prog_id"), { ns: field("run_time_ns"), runs: field("run_cnt") });
  }
  return found;
}

/** The sum over all of them. */
export function programTime(pid: number): ProgramCost {
  const costs = [...programs(pid).values()];
  return costs.reduce((sum, { ns, runs }) => ({ ns: sum.ns + ns, runs: sum.runs + runs }), {
    ns: 0,
    runs: 0,
  });
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

/** Median and quartiles (nearest rank). */
export function spread(values: number[]): { median: number; low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { median: median(values), low: at(0.25), high: at(0.75) };
}
