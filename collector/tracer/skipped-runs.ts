// skipped-runs - Which runs of bpftrace's programs the kernel skipped, because one was under way on that CPU already.

import type { ProgramRuns } from "../kernel/bpf-stats.ts";

/** Runs of one program that were skipped. */
export interface Skipped {
  /** What it is attached to, as bpftrace writes it. */
  program: string;
  count: number;
}

/**
 * Skipping these loses nothing: an interval prints what it has the next time, a reading is seen to be incomplete, and who waits
 * for a spinlock in the middle of such a program is itself or an interrupt, and wants no xarray's (xa_lock_bh).
 */
const HARMLESS = /^interval:|:bpf_iter_run_prog$|:\w*spin_lock_slowpath$/;

/** Tells of every skipped run once. */
export class Misses {
  readonly #programs: () => readonly (ProgramRuns & { name: string })[];
  readonly #seen = new Map<number, number>();

  constructor(programs: () => readonly (ProgramRuns & { name: string })[]) {
    this.#programs = programs;
  }

  /** Skipped since the last call; nothing where the process is gone. */
  take(): Skipped[] {
    return this.#programs().flatMap(({ id, name, skipped }) => {
      const count = skipped - (this.#seen.get(id) ?? 0);
      this.#seen.set(id, skipped);
      return count > 0 && !HARMLESS.test(name) ? [{ program: name, count }] : [];
    });
  }
}
