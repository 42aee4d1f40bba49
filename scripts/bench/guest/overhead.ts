// overhead - In one boot: BPF time per token of each level against a plain script, receiver CPU with each and without any.

import { readFileSync } from "node:fs";
import type { Tracer } from "../../../collector/bpftrace.ts";
import type { Level } from "../../../collector/event.ts";
import { program } from "../../../collector/probes.ts";
import { attached } from "../attached.ts";
import { programTime, spread, withStats } from "../stats.ts";
import { cpuPerToken, tokensOf, Workload } from "../workload.ts";

const BYTES = 60_000_000;
const WARM_UP = 5_000_000;
const ROUNDS = 5;
const LEVELS = ["counts", "holds", "profile", "tokens"] as const satisfies Level[];
/** Levels to be left on while something runs: what they take of the receiver's CPU. */
const RUNNING = ["counts", "holds", "profile"] as const satisfies Level[];
/** Births to keep, as many as the verbs do without --births: the maps, and what a walk of one costs, go by it. */
const BIRTHS: Partial<Record<Level, number>> = { holds: 16384, profile: 16384 };

interface Cost {
  nsPerToken: number;
  runsPerToken: number;
}

async function bpfCost(workload: Workload, text: string, births = 0): Promise<Cost> {
  const measure = async (tracer: Tracer) => {
    await workload.receive(WARM_UP); // The emulator translates a program when it first runs.
    const before = programTime(tracer.pid);
    const issued = tokensOf(await workload.receive(BYTES));
    const after = programTime(tracer.pid);
    return { nsPerToken: (after.ns - before.ns) / issued, runsPerToken: (after.runs - before.runs) / issued };
  };
  return withStats(() => attached(text, measure, { births }));
}

async function cpuWith(workload: Workload, level: Level): Promise<number> {
  const measure = async () => {
    await workload.receive(WARM_UP);
    return cpuPerToken(await workload.receive(BYTES));
  };
  return attached(program(level), measure, { births: BIRTHS[level] ?? 0 });
}

/** Of each level, in every round against a run without any in the same round; who is first goes round. */
async function cpuRatios(workload: Workload): Promise<Map<Level, number[]>> {
  const ratios = new Map<Level, number[]>(RUNNING.map((level) => [level, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const order = RUNNING.map((_, i) => RUNNING[(i + round) % RUNNING.length] as Level);
    const without = cpuPerToken(await workload.receive(BYTES));
    for (const level of order) ratios.get(level)?.push((await cpuWith(workload, level)) / without);
    process.stderr.write(`bench: round ${round + 1} of ${ROUNDS}\n`);
  }
  return ratios;
}

function row(name: string, cost: Cost, yardstick: Cost): string {
  const ratio = (cost.nsPerToken / yardstick.nsPerToken).toFixed(3);
  return `  ${name.padEnd(8)} ${ratio.padStart(6)} of the plain script's BPF time per token, ${cost.runsPerToken.toFixed(2)} program runs per token`;
}

function ratioRow(name: string, ratios: number[]): string {
  const { median, low, high } = spread(ratios);
  const [middle, ...quartiles] = [median, low, high].map((ratio) => ratio.toFixed(3));
  return `  ${name.padEnd(8)} ${middle?.padStart(6)} (${quartiles.join(" to ")})`;
}

const workload = new Workload();
await workload.receive(WARM_UP); // The first run compiles the workload's own code.
const plain = await bpfCost(workload, readFileSync(new URL("../plain.bt", import.meta.url), "utf8"));
console.log(`BPF time, one boot, ${BYTES / 1e6} MB each, returned in batches of 64:`);
console.log(row("plain", plain, plain));
for (const level of LEVELS)
  console.log(row(level, await bpfCost(workload, program(level), BIRTHS[level]), plain));
const ratios = await cpuRatios(workload);
workload.end();
console.log(
  `Receiver's CPU time per token with a level / without, ${ROUNDS} rounds in turn, median (quartiles):`,
);
for (const [level, all] of ratios) console.log(ratioRow(level, all));
