// side - One of two recordings to be compared: its sockets by role, its bindings by device. Pointers and pids never match.

import type { Sample } from "../ledger/profile/cpu-samples.ts";
import { newProfile, type Profile } from "../ledger/profile/profile.ts";
import type { Ledger, Socket } from "../ledger/state.ts";
import { type Figures, figuresOf } from "../profile/metrics.ts";
import type { Stream } from "../recording/stream.ts";
import type { Distributions } from "../report/distributions.ts";
import { measuredOf, newDistributions } from "../report/distributions.ts";
import type { Report, ReportBinding, ReportSocket } from "../report/report.ts";
import { select } from "../report/selection.ts";
import { newSeries } from "../report/series.ts";

/** What makes a socket of one run that of another: program, service port, device of its dma-bufs. */
export interface Role {
  comm: string;
  /** 0: not known. */
  port: number;
  device: string;
}

/** The sockets of one role. */
export interface Group {
  role: Role;
  sockets: ReportSocket[];
  profile: Profile;
  /** What levels holds and profile tell of them. */
  figures: Figures;
  /** Level profile: what their processes did with the CPU. */
  samples: Sample[];
  /** Most tokens one of its sockets was seen to hold. */
  peak: number;
  /** From the first token to the last close, or to the end where one is open; ns. */
  active: number;
}

export interface Side {
  name: string;
  report: Report;
  /** ns. */
  duration: number;
  groups: Map<string, Group>;
  devices: Map<string, ReportBinding[]>;
}

/** Reads a stream to its end. */
export async function sideOf(stream: Stream, name: string): Promise<Side> {
  const [series, distributions] = [newSeries(), newDistributions(0)];
  const { whole, report } = await select(stream, {}, series, distributions);
  const side: Side = { name, report, duration: whole.now, groups: new Map(), devices: new Map() };
  const members = new Map<string, Socket[]>();
  for (const [i, socket] of whole.sockets.entries()) {
    const group = join(side.groups, roleOf(socket), report.sockets[i] as ReportSocket);
    const held = (series.sockets.get(socket) ?? []).map((point) => point.held);
    group.peak = Math.max(group.peak, ...held);
    listOf(members, keyOf(group.role)).push(socket);
  }
  for (const [key, group] of side.groups) measure(group, members.get(key) ?? [], distributions, whole);
  for (const binding of report.bindings) listOf(side.devices, binding.ifname).push(binding);
  return side;
}

function join(groups: Map<string, Group>, role: Role, row: ReportSocket): Group {
  const key = keyOf(role);
  const profile = newProfile();
  const nothing = { profile, figures: figuresOf([], 0), samples: [], peak: 0, active: 0 };
  const group = groups.get(key) ?? { role, sockets: [], ...nothing };
  groups.set(key, group);
  group.sockets.push(row);
  return group;
}

function measure(group: Group, sockets: Socket[], distributions: Distributions, whole: Ledger): void {
  const { now, samples } = whole;
  const pids = new Set(sockets.map(({ pid }) => pid));
  group.profile = measuredOf(distributions, sockets);
  group.figures = figuresOf(sockets, now);
  group.samples = [...samples.values()].filter(({ pid }) => pids.has(pid));
  const first = sockets.reduce((least, { born }) => Math.min(least, born), now);
  const last = sockets.reduce((most, { closedAt }) => Math.max(most, closedAt < 0 ? now : closedAt), 0);
  group.active = Math.max(0, last - first);
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** A role as one word. */
export function keyOf({ comm, port, device }: Role): string {
  return JSON.stringify([comm, port, device]);
}

function roleOf({ comm, local, remote, shares }: Socket): Role {
  const devices = [...new Set(shares.map(({ binding }) => binding.ifname))].sort();
  return { comm, port: servicePort(local, remote), device: devices.join(",") };
}

/** From here on ports are given out for one connection (ip_local_port_range, net.ipv4's default). */
const EPHEMERAL = 32768;

/** The port that stays the same from run to run: ours, unless it was given out for this connection and the other was not. */
function servicePort(local: string, remote: string): number {
  const [ours, theirs] = [local, remote].map((endpoint) =>
    Number(endpoint.slice(endpoint.lastIndexOf(":") + 1)),
  );
  return (ours ?? 0) >= EPHEMERAL && (theirs ?? 0) < EPHEMERAL ? (theirs ?? 0) : (ours ?? 0);
}
