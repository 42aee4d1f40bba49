// overhead - In one boot: BPF time per token of each level against a plain script, receiver CPU with each and without any.

import { readFileSync } from "node:fs";
import { attachPoints, attached as named } from "../../../collector/bpftrace/attach-points.ts";
import { hasRanges, requireBpftrace } from "../../../collector/bpftrace/bpftrace.ts";
import { levelProgram } from "../../../collector/bpftrace/program.ts";
import type { Level } from "../../../collector/events/event.ts";
import { countRuns, programsOf } from "../../../collector/kernel/bpf-stats.ts";
import { requireKernel } from "../../../collector/kernel/kernel.ts";
import { attached } from "../attached.ts";
import { median, spread } from "../stats.ts";
import { cpuPerToken, tokensOf, Workload } from "../workload.ts";

const BYTES = 60_000_000;
const WARM_UP = 5_000_000;
/** Streams of each measurement; rounds of the receiver's CPU time. */
const STREAMS = 5;
const ROUNDS = 6;
const LEVELS = ["counts", "holds", "profile", "tokens"] as const satisfies Level[];
/** Levels to leave on in production: their share of the receiver's CPU time. */
const RUNNING = ["counts", "holds", "profile"] as const satisfies Level[];
/** Where tokens are issued and returned, page by page, skb by skb, call by call. */
const DATA_PATH =
  /:(tcp_xa_pool_commit_locked|tcp_recvmsg_\w+|sock_devmem_dontneed|mp_dmabuf_devmem_alloc_netmems|put_cmsg_notrunc|napi_pp_put_page|\w+_slowpath)$/;
const TIMER = /^(interval|profile):/;

/** ns of BPF per token, by what runs the programs; how often they run on the data path. */
interface Cost {
  dataPath: number;
  timers: number;
  /** Once per socket or binding. */
  once: number;
  runs: number;
}

/** Of one program, in one stream: ns and runs per token. */
interface Share {
  name: string;
  ns: number;
  runs: number;
}

const target = { ...requireKernel(), absent: [], hasRanges: hasRanges(requireBpftrace()) };

/** As the verbs make it, with as many births. */
function programOf(level: Level): string {
  return levelProgram(level, target);
}

async function bpfCost(workload: Workload, text: string): Promise<Cost> {
  const stop = countRuns();
  const streams = await attached(text, ({ pid }) => measured(workload, runsOf(pid, text)));
  stop();
  return costOf(streams);
}

function runsOf(pid: number, text: string): () => Share[] {
  const programs = programsOf(pid);
  return () => named(programs(), attachPoints(text));
}

/** One measurement per stream. A first stream is not counted: the emulator translates a program when it first runs. */
async function inStreams<T>(workload: Workload, measure: () => Promise<T>): Promise<T[]> {
  await workload.receive(WARM_UP);
  const all: T[] = [];
  for (let stream = 0; stream < STREAMS; stream++) all.push(await measure());
  return all;
}

function measured(workload: Workload, runs: () => Share[]): Promise<Share[][]> {
  return inStreams(workload, async () => {
    const before = runs();
    const tokens = tokensOf(await workload.receive(BYTES));
    return runs().map((after, i) => perToken(after, before[i] as Share, tokens));
  });
}

function perToken(after: Share, before: Share, tokens: number): Share {
  const { name } = after;
  return { name, ns: (after.ns - before.ns) / tokens, runs: (after.runs - before.runs) / tokens };
}

/** The median of each program's streams: a run during which the emulator was interrupted takes a thousand times as long. */
function costOf(streams: Share[][]): Cost {
  const middle = (streams[0] ?? []).map(({ name }, i) => ({
    name,
    ns: median(streams.map((shares) => shares[i]?.ns ?? 0)),
    runs: median(streams.map((shares) => shares[i]?.runs ?? 0)),
  }));
  const sum = (shares: Share[]) => shares.reduce((ns, share) => ns + share.ns, 0);
  const onPath = middle.filter(({ name }) => DATA_PATH.test(name));
  const timers = middle.filter(({ name }) => TIMER.test(name));
  const all = sum(middle);
  const [dataPath, timed] = [sum(onPath), sum(timers)];
  const runs = onPath.reduce((count, share) => count + share.runs, 0);
  return { dataPath, timers: timed, once: all - dataPath - timed, runs };
}

/** The median of the streams: one takes seconds, and what interrupts the receiver meanwhile counts as its own time. */
async function cpuOf(workload: Workload): Promise<number> {
  return median(await inStreams(workload, async () => cpuPerToken(await workload.receive(BYTES))));
}

/** With a level and without any, one immediately after the other. */
async function cpuRatio(workload: Workload, level: Level, withFirst: boolean): Promise<number> {
  const without = withFirst ? null : await cpuOf(workload);
  const cpu = await attached(programOf(level), () => cpuOf(workload));
  return cpu / (without ?? (await cpuOf(workload)));
}

/** The ratios of each level, one a round; which of the two is first changes from round to round. */
async function cpuRatios(workload: Workload): Promise<Map<Level, number[]>> {
  const ratios = new Map<Level, number[]>(RUNNING.map((level) => [level, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [level, all] of ratios) all.push(await cpuRatio(workload, level, round % 2 === 1));
    process.stderr.write(`bench: round ${round + 1} of ${ROUNDS}\n`);
  }
  return ratios;
}

function row(name: string, cost: Cost, yardstick: Cost): string {
  const [dataPath, timers, once] = [cost.dataPath, cost.timers, cost.once].map((ns) =>
    (ns / yardstick.dataPath).toFixed(3).padStart(9),
  );
  return `  ${name.padEnd(8)}${dataPath}${timers}${once}   ${cost.runs.toFixed(2)}`;
}

function ratioRow(name: string, ratios: number[]): string {
  const { median, low, high } = spread(ratios);
  const [middle, ...quartiles] = [median, low, high].map((ratio) => ratio.toFixed(3));
  return `  ${name.padEnd(8)} ${middle?.padStart(6)} (${quartiles.join(" to ")})`;
}

const workload = new Workload();
await workload.receive(WARM_UP); // The first run compiles the workload's own code.
const plain = await bpfCost(workload, readFileSync(new URL("../plain.bt", import.meta.url), "utf8"));
console.log(
  `BPF time per token / that of the plain script, one boot, ${STREAMS} streams of ${BYTES / 1e6} MB, returned in batches of 64:`,
);
console.log("          data path   timers     once   runs per token on the data path");
console.log(row("plain", plain, plain));
for (const level of LEVELS) console.log(row(level, await bpfCost(workload, programOf(level)), plain));
const ratios = await cpuRatios(workload);
workload.end();
console.log(
  `Receiver's CPU time per token with a level / without, ${ROUNDS} pairs in turn, median (quartiles):`,
);
for (const [level, all] of ratios) console.log(ratioRow(level, all));
