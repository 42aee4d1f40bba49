// claim - The claim of the SO_DEVMEM_AUTORELEASE series: less CPU time with option 0, which needs no xarray.
//
// The same workload in one boot with option 0 and 1 in turn; which is first changes from pair to pair. First without any
// probe, by getrusage; then with the receiver sampled by a timer and nothing on the data path, by symbol class.

import type { Line } from "../../../collector/events/bpftrace-line.ts";
import { epoch, parse } from "../../../collector/events/parse.ts";
import { attached } from "../attached.ts";
import { type Option, type Pair, pairs } from "../pairs.ts";
import { SAMPLER, type Sample, type Shares, sharesOf } from "../shares.ts";
import { spread } from "../stats.ts";
import { cpuPerToken, systemPerToken, Workload } from "../workload.ts";

const BYTES = 200_000_000;
const WARM_UP = 5_000_000;
const PAIRS = 10;

interface Cpu {
  all: number;
  system: number;
}

/** Microseconds per token, by getrusage around the receive loop. */
async function cpuOf(workload: Workload, autorelease: Option): Promise<Cpu> {
  const statement = await workload.receive(BYTES, { autorelease });
  return { all: cpuPerToken(statement), system: systemPerToken(statement) };
}

/** A stretch of time in which one option was in use, CLOCK_MONOTONIC ns, which is bpftrace's clock as well. */
type Stretch = { from: number; to: number };

async function stretchOf(workload: Workload, autorelease: Option): Promise<Stretch> {
  const from = Number(process.hrtime.bigint());
  await workload.receive(BYTES, { autorelease });
  return { from, to: Number(process.hrtime.bigint()) };
}

async function sampled(workload: Workload): Promise<Pair<Shares>[]> {
  const samples: Sample[] = [];
  const take = (line: Line) => {
    const event = line.kind === "text" ? parse(line.text, epoch("0")) : null;
    if (event?.kind === "sample") samples.push(event);
  };
  const run = () => pairs("sampled", PAIRS, (autorelease) => stretchOf(workload, autorelease));
  const stretches = await attached(SAMPLER, run, { take, parameters: [String(workload.pid)] });
  const within = ({ from, to }: Stretch) => samples.filter(({ t }) => t >= from && t <= to);
  return stretches.map((one) => ({ 0: sharesOf(within(one[0])), 1: sharesOf(within(one[1])) }));
}

const spreadText = (values: number[], text: (value: number) => string) => {
  const { median, low, high } = spread(values);
  return `${text(median)} (${text(low)} to ${text(high)})`;
};
const ratio = (value: number) => value.toFixed(3);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function ratioLine(name: string, all: Pair<Cpu>[], of: (cpu: Cpu) => number): string {
  return `  ${name.padEnd(24)} ${spreadText(
    all.map((one) => of(one[0]) / of(one[1])),
    ratio,
  )}`;
}

function shareLine(name: string, all: Pair<Shares>[], of: (shares: Shares) => number): string {
  const column = (option: Option) =>
    spreadText(
      all.map((one) => of(one[option])),
      percent,
    ).padStart(26);
  return `  ${name.padEnd(24)} ${column("0")} ${column("1")}`;
}

const workload = new Workload();
await workload.receive(WARM_UP);
const cpu = await pairs("by getrusage", PAIRS, (autorelease) => cpuOf(workload, autorelease));
const shares = await sampled(workload);
workload.end();

console.log(
  `${PAIRS} pairs in one boot, ${BYTES / 1e6} MB each, returned in batches of 64; median (quartiles).`,
);
console.log("Receiver's CPU time per token, option 0 / option 1, no probe attached:");
console.log(ratioLine("user and system", cpu, ({ all }) => all));
console.log(ratioLine("system", cpu, ({ system }) => system));
const times = shares.reduce((sum, one) => sum + one[0].samples + one[1].samples, 0);
console.log(`Bookkeeping's share of the receiver's time in the kernel, ${times} samples at 99 Hz:`);
console.log(`${"".padEnd(26)} ${"option 0".padStart(26)} ${"option 1".padStart(26)}`);
console.log(shareLine("at least", shares, ({ least }) => least));
console.log(shareLine("at most", shares, ({ most }) => most));
console.log(shareLine("at least, without NIC", shares, ({ own }) => own));
console.log("Share of its samples that are in the kernel:");
console.log(shareLine("", shares, ({ kernel }) => kernel));
