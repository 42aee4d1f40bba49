// report - The ledger as a profile: the object that `profile --json` prints, and that text and diff are made of.

import { type Mapping, plainly } from "../base/lists.ts";
import type { Header, Level } from "../events/event.ts";
import { lostEvents } from "../ledger/evidence/evidence.ts";
import { byClass } from "../ledger/profile/cpu-samples.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import { type Advice, adviceOf } from "./advice.ts";
import { type Metrics, metricsOf } from "./metrics.ts";

/** One class of kernel symbols (cpu-samples.ts): samples in it, and their share of all, 0 to 1. */
export interface CpuClass {
  name: string;
  samples: number;
  share: number;
}

/** What the tracer itself cost. Durations are us; `share`: of the CPU time of the traced programs, 0 to 1. */
export interface OwnCost {
  bpf: number;
  runs: number;
  tool: number;
  bpftrace: number;
  traced: number;
  share: number | null;
  events: number;
  eventsPerSecond: number;
  lost: number;
  programs: { name: string; us: number; runs: number }[];
}

export interface ProfileSocket extends Metrics {
  id: string;
  pid: number;
  comm: string;
  local: string;
  remote: string;
  mode: string;
}

export interface ProfileReport {
  schema: 1;
  level: Level;
  kernel: Header["kernel"];
  wall: string;
  lost: number;
  seconds: number;
  all: Metrics;
  sockets: ProfileSocket[];
  /** Level profile; empty without a sample. */
  cpu: { samples: number; classes: CpuClass[] };
  advice: Advice[];
  cost: OwnCost | null;
}

/** The profile of everything the ledger has seen so far. `mapped` makes what there is of each socket. */
export function profileReport(ledger: Ledger, mapped: Mapping = plainly): ProfileReport {
  const { header, sockets, now, letGo } = ledger;
  return {
    schema: 1,
    level: header.level,
    kernel: header.kernel,
    wall: header.wall,
    lost: lostEvents(ledger),
    seconds: now / 1e9,
    all: metricsOf(sockets, now, letGo),
    sockets: mapped(sockets, (socket) => socketProfile(socket, now)),
    cpu: cpuReport(ledger),
    advice: adviceOf(ledger, sockets, mapped),
    cost: costOf(ledger),
  };
}

function socketProfile(socket: Socket, now: number): ProfileSocket {
  const { id, pid, comm, local, remote, mode } = socket;
  return { id, pid, comm, local, remote, mode, ...metricsOf([socket], now) };
}

/** Samples by class of symbols. */
export function cpuReport({ samples }: Ledger): ProfileReport["cpu"] {
  const classes = byClass([...samples.values()]);
  const all = classes.reduce((sum, { times }) => sum + times, 0);
  const shares = classes.map(({ name, times }) => ({
    name,
    samples: times,
    share: all === 0 ? 0 : times / all,
  }));
  return { samples: all, classes: all === 0 ? [] : shares };
}

/** What the tracer cost by its last reading; null where there is none. */
export function costOf(ledger: Ledger): OwnCost | null {
  const { cost, now } = ledger;
  if (!cost) return null;
  const { ns, runs, tool, bpftrace, traced, events } = cost;
  const bpf = ns / 1e3;
  return {
    bpf,
    runs,
    tool,
    bpftrace,
    traced,
    events,
    lost: lostEvents(ledger),
    share: traced > 0 ? (bpf + tool + bpftrace) / traced : null,
    eventsPerSecond: now > 0 ? events / (now / 1e9) : 0,
    programs: programCosts(ledger),
  };
}

/** The most expensive program first. */
function programCosts({ programs }: Ledger): OwnCost["programs"] {
  return [...programs.values()]
    .map(({ name, ns, runs }) => ({ name, us: ns / 1e3, runs }))
    .sort((a, b) => b.us - a.us);
}
