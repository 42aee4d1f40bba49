// bpf-stats - The kernel's own accounting of BPF programs: switched on while it is open, read per program.

import { closeSync, readdirSync, readFileSync } from "node:fs";
import { enableBpfStats } from "./native.ts";

/** What the kernel has counted of one program since the accounting was switched on. */
export interface ProgramRuns {
  /** Programs of one bpftrace are loaded in the order of its text, so their ids are in that order too. */
  id: number;
  /** enum bpf_prog_type. */
  type: number;
  /** Time inside, ns, and how often it ran. */
  ns: number;
  runs: number;
  /** Runs left out because it was running on that CPU already: a task was preempted, or interrupted, in the middle of it. */
  skipped: number;
}

/**
 * Makes the kernel count (BPF_ENABLE_STATS); returns how to end it. The kernel counts while a process has this open. It ends with
 * the process, in whatever way that ends, and kernel.bpf_stats_enabled is never written. Throws SyscallError where it is not
 * allowed.
 */
export function countRuns(): () => void {
  const fd = enableBpfStats();
  return () => closeSync(fd);
}

/**
 * A function that reads every BPF program that the process has open now, in the order in which they were loaded
 * (bpf_prog_show_fdinfo, kernel/bpf/syscall.c). Which of its descriptors are programs is looked up once: most are maps and links.
 * @param proc where the process's files are
 */
export function programsOf(pid: number, proc = "/proc"): () => ProgramRuns[] {
  const files = list(`${proc}/${pid}/fdinfo`)
    .map((fd) => `${proc}/${pid}/fdinfo/${fd}`)
    .filter((file) => isProgram(text(file)));
  return () => {
    const programs = files.map(text).filter(isProgram).map(programIn);
    const each = new Map(programs.map((one) => [one.id, one]));
    return [...each.values()].sort((a, b) => a.id - b.id);
  };
}

function isProgram(info: string): boolean {
  return /^prog_jited:/m.test(info);
}

function programIn(info: string): ProgramRuns {
  return {
    id: field(info, "prog_id"),
    type: field(info, "prog_type"),
    ns: field(info, "run_time_ns"),
    runs: field(info, "run_cnt"),
    skipped: field(info, "recursion_misses"),
  };
}

/** The sum over all of them. */
export function allRuns(programs: readonly ProgramRuns[]): { ns: number; runs: number } {
  return programs.reduce((sum, { ns, runs }) => ({ ns: sum.ns + ns, runs: sum.runs + runs }), {
    ns: 0,
    runs: 0,
  });
}

function field(info: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(info)?.[1] ?? 0);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process has ended.
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // The descriptor was closed since the listing.
  }
}
