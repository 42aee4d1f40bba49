// skipped-runs - Which runs of bpftrace's programs the kernel skipped, because one was in progress on that CPU already.

import type { ProgramRuns } from "../kernel/bpf-stats.ts";

/** Runs of one program that were skipped. */
export interface Skipped {
  /** What it is attached to, as bpftrace writes it. */
  program: string;
  count: number;
}

/** The programs of a bpftrace, each with what it is attached to. */
type NamedPrograms = readonly (ProgramRuns & { name: string })[];

/**
 * Skipping these loses nothing: an interval prints what it has the next time, and a reading is known to be incomplete. While the
 * program of a spinlock runs, only that program itself or an interrupt can wait for another spinlock, and neither waits for
 * the lock of an xarray (xa_lock_bh).
 */
const HARMLESS = /^interval:|:bpf_iter_run_prog$|:\w*spin_lock_slowpath$/;

/** Reports every skipped run once. */
export class SkippedRuns {
  readonly #programs: () => NamedPrograms;
  readonly #known = new Map<number, number>();

  constructor(programs: () => NamedPrograms) {
    this.#programs = programs;
  }

  /** Skipped since the last call; nothing where the process is gone. */
  take(): Skipped[] {
    return this.#programs().flatMap(({ id, name, skipped }) => {
      const count = skipped - (this.#known.get(id) ?? 0);
      this.#known.set(id, skipped);
      return count > 0 && !HARMLESS.test(name) ? [{ program: name, count }] : [];
    });
  }
}
