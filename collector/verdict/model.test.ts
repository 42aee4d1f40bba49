// model - Seeded schedules on a model of kernel, probes and ring buffer that shares nothing with the ledger: no false verdict.
//
// DEVMEM_TRACE_ALL=1 runs 100,000 schedules of each kind; DEVMEM_TRACE_SEED=N one, and prints what it did.

import assert from "node:assert/strict";
import { test } from "node:test";
import { falsehoods, isLeak, reportOn } from "../testing/model/judge.ts";
import { type ModelOptions, runModel } from "../testing/model/schedule.ts";

const SEED = process.env.DEVMEM_TRACE_SEED;
const RUNS = process.env.DEVMEM_TRACE_ALL ? 100_000 : 1_500;
const SEEDS = SEED === undefined ? Array.from({ length: RUNS }, (_, seed) => seed) : [Number(SEED)];

/** How often each verdict was given, of runs and of sockets. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(word: string): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  of(word: string): number {
    return this.#counts.get(word) ?? 0;
  }

  toString(): string {
    const all = [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
    const share = ([word, n]: [string, number]) => `${word} ${((100 * n) / all).toFixed(2)} %`;
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(share)
      .join(", ");
  }
}

for (const mode of ["xarray", "manual"] as const)
  for (const level of ["counts", "tokens"] as const)
    test(`${mode} mode, level ${level}: ${SEEDS.length} schedules, no false leak and no false clean`, (t) => {
      const [runs, sockets, truth] = [new Tally(), new Tally(), new Tally()];
      for (const seed of SEEDS) {
        const options: ModelOptions = { mode, level };
        const run = runModel(seed, options);
        const report = reportOn(run);
        if (SEED !== undefined) for (const event of run.events) t.diagnostic(JSON.stringify(event));
        assert.deepEqual(
          falsehoods(run, report),
          [],
          `seed ${seed}: DEVMEM_TRACE_SEED=${seed} shows its events`,
        );
        runs.add(report.verdict);
        for (const { verdict } of report.sockets) sockets.add(verdict);
        truth.add(isLeak(run) ? "leak" : "clean");
      }
      t.diagnostic(`runs: ${runs}; in truth: ${truth}`);
      t.diagnostic(`sockets: ${sockets}`);
      if (SEED !== undefined) return;
      assert.ok(runs.of("leak") > truth.of("leak") / 2, "leaks are seldom found");
      assert.ok(runs.of("inconclusive") < SEEDS.length / 2, "it mostly does not know");
    });
