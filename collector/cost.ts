// cost - What the tracer itself costs, read once a second: BPF programs, this process and bpftrace, the traced programs.

import { readFileSync } from "node:fs";
import { allRuns, attached, attachPoints, countRuns, type ProgramRuns, programsOf } from "./bpfstats.ts";
import type { Event, OwnEvent } from "./event.ts";

/** Reads the costs of one trace. */
export interface Meter {
  /** To be told of every event: who receives is what the costs are compared with. */
  see(event: Event): void;
  /** What it has cost by `t`, ns since t0; `events` so far. */
  read(t: number, events: number): Told[];
  /** Reads what `end` will tell: to be called while bpftrace still runs. */
  look(): void;
  /** The same of the newest reading, each program too; nothing where nothing was read. Counting ends. */
  end(t: number, events: number): Told[];
}

type Told = OwnEvent<"cost" | "program">;
type Sum = Pick<OwnEvent<"cost">, "ns" | "runs" | "tool" | "bpftrace" | "traced">;

/** Every so many readings each program is told of; the sum always is. */
const EACH = 5;
/** clock_t of /proc: USER_HZ is 100 on every architecture. */
const US_PER_TICK = 10_000;

/** Starts to count for a bpftrace whose program text is `program`; what it took to attach does not count. */
export function openMeter(tracer: { readonly pid: number }, program: string): Meter {
  const stop = countOrNot();
  const points = attachPoints(program);
  const [ours, theirs] = [cpuOf(process.pid) ?? 0, cpuOf(tracer.pid) ?? 0];
  const traced = new Map<number, { from: number; us: number }>();
  // When bpftrace ends its programs go one by one: what they have cost stays.
  const last = new Map<number, ProgramRuns>();
  const names = new Map<number, string>();
  let reading = 0;
  let programs = { of: 0, read: (): ProgramRuns[] => [] };
  let sum: Sum | null = null;
  const look = () => {
    // The first time, and when it was started again.
    if (programs.of !== tracer.pid) {
      programs = { of: tracer.pid, read: programsOf(tracer.pid) };
      for (const { id, name } of attached(programs.read(), points)) names.set(id, name);
    }
    for (const one of programs.read()) last.set(one.id, one);
    for (const [id, seen] of traced) seen.us = (cpuOf(id) ?? seen.from + seen.us) - seen.from;
    const tool = (cpuOf(process.pid) ?? ours) - ours;
    const bpftrace = (cpuOf(tracer.pid) ?? theirs + (sum?.bpftrace ?? 0)) - theirs;
    const tracedUs = [...traced.values()].reduce((all, { us }) => all + us, 0);
    sum = { ...allRuns([...last.values()]), tool, bpftrace, traced: tracedUs };
  };
  const told = (t: number, events: number, each: boolean): Told[] => {
    if (sum === null) return [];
    const cost: Told = { kind: "cost", t, ...sum, events };
    return each ? [cost, ...eachProgram(t, [...last.values()], names)] : [cost];
  };
  return {
    see(event) {
      if ((event.kind === "socket" || event.kind === "manual") && !traced.has(event.pid))
        traced.set(event.pid, { from: cpuOf(event.pid) ?? 0, us: 0 });
    },
    read(t, events) {
      look();
      return told(t, events, reading++ % EACH === 0);
    },
    look,
    end(t, events) {
      stop();
      return told(t, events, true);
    },
  };
}

/** Where the kernel does not count, the costs of BPF are 0 and nothing is said of single programs. */
function countOrNot(): () => void {
  try {
    return countRuns();
  } catch {
    return () => {};
  }
}

/** By what they are attached to: several may be to one function, and each bpftrace that was started again had its own. */
export function eachProgram(
  t: number,
  programs: readonly ProgramRuns[],
  names: ReadonlyMap<number, string>,
): OwnEvent<"program">[] {
  const byName = new Map<string, OwnEvent<"program">>();
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
