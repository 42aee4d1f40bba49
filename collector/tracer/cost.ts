// cost - What the tracer itself costs, read once a second: BPF programs, this process and bpftrace, the traced programs.

import { readFileSync } from "node:fs";
import { attached, attachPoints } from "../bpftrace/attach-points.ts";
import { type Event, naming, type TracerEvent } from "../events/event.ts";
import { allRuns, countRuns, type ProgramRuns, programsOf } from "../kernel/bpf-stats.ts";

/** Reads the costs of one trace. */
export interface Meter {
  /** To be given every event: the costs are compared with those of the processes that receive. */
  see(event: Event): void;
  /** What it has cost by `t`, ns since t0; `events` so far. */
  read(t: number, events: number): CostEvent[];
  /** Reads what `end` will report: to be called while bpftrace still runs. */
  look(): void;
  /** The newest reading, each program too; nothing where nothing was read. Counting ends. */
  end(t: number, events: number): CostEvent[];
}

const isReceiver = naming("receiver");

type CostEvent = TracerEvent<"cost" | "program">;
type Sum = Pick<TracerEvent<"cost">, "ns" | "runs" | "tool" | "bpftrace" | "traced">;

/** Each program is reported once in so many readings; the sum always is. */
const EACH = 5;
/** clock_t of /proc: USER_HZ is 100 on every architecture. */
const US_PER_TICK = 10_000;

/** Starts to count for a bpftrace whose program text is `program`; what it took to attach does not count. */
export function openMeter(tracer: { readonly pid: number }, program: string): Meter {
  return new Costs(tracer, program);
}

class Costs implements Meter {
  readonly #tracer: { readonly pid: number };
  readonly #points: readonly string[];
  readonly #stop = countOrNot();
  /** CPU time, us, since each was first met: ours, of every bpftrace (it may be started again), of those who receive. */
  readonly #tool = cpuSinceNow(process.pid);
  readonly #bpftraces = new Map<number, () => number>();
  readonly #traced = new Map<number, () => number>();
  /** When bpftrace ends, its programs go one by one: what they have cost stays. */
  readonly #last = new Map<number, ProgramRuns>();
  readonly #names = new Map<number, string>();
  #programs = { of: 0, read: (): ProgramRuns[] => [] };
  #sum: Sum | null = null;
  #readings = 0;

  constructor(tracer: { readonly pid: number }, program: string) {
    this.#tracer = tracer;
    this.#points = attachPoints(program);
    this.#bpftraces.set(tracer.pid, cpuSinceNow(tracer.pid));
  }

  see(event: Event): void {
    if (!isReceiver(event)) return;
    if (!this.#traced.has(event.pid)) this.#traced.set(event.pid, cpuSinceNow(event.pid));
  }

  read(t: number, events: number): CostEvent[] {
    this.look();
    return this.#events(t, events, this.#readings++ % EACH === 0);
  }

  look(): void {
    const { pid } = this.#tracer;
    if (this.#programs.of !== pid) this.#meet(pid);
    for (const one of this.#programs.read()) this.#last.set(one.id, one);
    const { ns, runs } = allRuns([...this.#last.values()]);
    const [bpftrace, traced] = [total(this.#bpftraces), total(this.#traced)];
    this.#sum = { ns, runs, tool: this.#tool(), bpftrace, traced };
  }

  end(t: number, events: number): CostEvent[] {
    this.#stop();
    return this.#events(t, events, true);
  }

  /** The first time, and when bpftrace was started again. */
  #meet(pid: number): void {
    if (!this.#bpftraces.has(pid)) this.#bpftraces.set(pid, cpuSinceNow(pid));
    this.#programs = { of: pid, read: programsOf(pid) };
    for (const { id, name } of attached(this.#programs.read(), this.#points)) this.#names.set(id, name);
  }

  #events(t: number, events: number, each: boolean): CostEvent[] {
    if (this.#sum === null) return [];
    const cost: CostEvent = { kind: "cost", t, ...this.#sum, events };
    return each ? [cost, ...eachProgram(t, [...this.#last.values()], this.#names)] : [cost];
  }
}

function total(clocks: ReadonlyMap<number, () => number>): number {
  return [...clocks.values()].reduce((us, clock) => us + clock(), 0);
}

/** CPU time of a process from now on, us; the last that was read once it is gone. */
function cpuSinceNow(pid: number): () => number {
  const from = cpuOf(pid) ?? 0;
  let us = 0;
  return () => {
    us = (cpuOf(pid) ?? from + us) - from;
    return us;
  };
}

/** Where the kernel does not count, the costs of BPF are 0 and single programs are not reported. */
function countOrNot(): () => void {
  try {
    return countRuns();
  } catch {
    return () => {};
  }
}

/** By what they are attached to: several may be attached to one function, and a bpftrace that was started again had its own. */
export function eachProgram(
  t: number,
  programs: readonly ProgramRuns[],
  names: ReadonlyMap<number, string>,
): TracerEvent<"program">[] {
  const byName = new Map<string, TracerEvent<"program">>();
  for (const { id, ns, runs } of programs) {
    const name = names.get(id);
    if (name === undefined || runs === 0) continue;
    const before = byName.get(name) ?? { kind: "program", t, ns: 0, runs: 0, name };
    byName.set(name, { ...before, ns: before.ns + ns, runs: before.runs + runs });
  }
  return [...byName.values()];
}

/** User and system time of a process, us; null when it is gone. */
function cpuOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * US_PER_TICK;
  } catch {
    return null;
  }
}
