// overhead - In one boot: BPF time per token of each level against a plain script, receiver CPU with and without counts.

import { readFileSync } from "node:fs";
import { startTracer, type Tracer } from "../../../collector/bpftrace.ts";
import { program } from "../../../collector/probes.ts";
import type { Statement } from "../../receive/statement.ts";
import { median, programTime, withStats } from "../stats.ts";
import { Workload } from "../workload.ts";

const BYTES = 60_000_000;
const WARM_UP = 5_000_000;
const ROUNDS = 5;

interface Cost {
  nsPerToken: number;
  runsPerToken: number;
}

/** Attaches a program, measures while it is attached, and detaches it again. */
async function attached<T>(text: string, measure: (tracer: Tracer) => Promise<T>): Promise<T> {
  const tracer = await startTracer(text);
  const drained = (async () => {
    for await (const _ of tracer.lines);
  })();
  const result = await measure(tracer);
  tracer.stop();
  await drained;
  return result;
}

function tokens(statement: Statement): number {
  return statement.sockets.reduce((sum, s) => sum + s.issued, 0);
}

/** User and system time of the receive loop per token, microseconds. */
function cpuPerToken(statement: Statement): number {
  return (statement.cpuUs.user + statement.cpuUs.system) / tokens(statement);
}

async function bpfCost(workload: Workload, text: string): Promise<Cost> {
  return withStats(() =>
    attached(text, async (tracer) => {
      await workload.receive(WARM_UP); // The emulator translates a program when it first runs.
      const before = programTime(tracer.pid);
      const issued = tokens(await workload.receive(BYTES));
      const after = programTime(tracer.pid);
      return {
        nsPerToken: (after.ns - before.ns) / issued,
        runsPerToken: (after.runs - before.runs) / issued,
      };
    }),
  );
}

async function cpuRatios(workload: Workload): Promise<number[]> {
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const without = cpuPerToken(await workload.receive(BYTES));
    const withCounts = await attached(program("counts"), async () =>
      cpuPerToken(await workload.receive(BYTES)),
    );
    ratios.push(withCounts / without);
    process.stderr.write(`bench: round ${round} of ${ROUNDS}\n`);
  }
  return ratios;
}

function row(name: string, cost: Cost, yardstick: Cost): string {
  const ratio = (cost.nsPerToken / yardstick.nsPerToken).toFixed(3);
  return `  ${name.padEnd(8)} ${ratio.padStart(6)} of the plain script's BPF time per token, ${cost.runsPerToken.toFixed(2)} program runs per token`;
}

const workload = new Workload();
await workload.receive(WARM_UP); // The first run compiles the workload's own code.
const plain = await bpfCost(workload, readFileSync(new URL("../plain.bt", import.meta.url), "utf8"));
const counts = await bpfCost(workload, program("counts"));
const tokenLevel = await bpfCost(workload, program("tokens"));
const ratios = await cpuRatios(workload);
workload.end();

console.log(`BPF time, one boot, ${BYTES / 1e6} MB each, returned in batches of 64:`);
for (const [name, cost] of [
  ["plain", plain],
  ["counts", counts],
  ["tokens", tokenLevel],
] as const)
  console.log(row(name, cost, plain));
console.log(
  `Receiver CPU per token with counts / without, ${ROUNDS} pairs in turn: median ${median(ratios).toFixed(3)}, ${ratios.map((r) => r.toFixed(3)).join(" ")}`,
);
