// side - One of two recordings to be compared: its sockets by role, its bindings by device. Pointers and pids never match.

import { listsBy } from "../base/lists.ts";
import type { Sample } from "../ledger/profile/cpu-samples.ts";
import type { Profile } from "../ledger/profile/profile.ts";
import { keyOf, roleOf } from "../ledger/sockets/role.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Role } from "../ledger/state/let-go.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import { mapped } from "../output/memory.ts";
import { type Metrics, metricsOf } from "../profile/metrics.ts";
import type { Stream } from "../recording/stream.ts";
import { type Distributions, measuredOf, newDistributions } from "../report/distributions.ts";
import { select } from "../report/selection.ts";
import { newSeries, type Series } from "../report/series.ts";
import type { Report, ReportBinding, ReportSocket } from "../report/shape.ts";

/** The sockets of one role. */
export interface Group {
  role: Role;
  sockets: ReportSocket[];
  profile: Profile;
  /** What levels holds and profile measure of them. */
  metrics: Metrics;
  /** Level profile: CPU samples of their processes. */
  samples: Sample[];
  /** Most tokens that one of them was seen to hold. */
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
  /** The groups of these keys, all of one program and device, as one whose port is not known. */
  joined(keys: readonly string[]): Group;
}

/** Reads a stream to its end. */
export async function sideOf(stream: Stream, name: string): Promise<Side> {
  const [series, distributions] = [newSeries(), newDistributions(0)];
  const { whole, report } = await select(stream, {}, series, distributions);
  const rows = new Map(whole.sockets.map((socket, i) => [socket, report.sockets[i] as ReportSocket]));
  const read: Read = { whole, rows, series, distributions };
  const members = listsBy(whole.sockets, (socket) => keyOf(roleOf(socket)));
  return {
    name,
    report,
    duration: whole.now,
    groups: new Map(mapped([...members], ([key, sockets]) => [key, groupOf(read, sockets)])),
    devices: listsBy(report.bindings, ({ ifname }) => ifname),
    joined: (keys) =>
      withoutPort(
        groupOf(
          read,
          keys.flatMap((key) => members.get(key) ?? []),
        ),
      ),
  };
}

function withoutPort(group: Group): Group {
  return { ...group, role: { ...group.role, port: 0 } };
}

/** What is known of a recording once it is read. */
interface Read {
  whole: Ledger;
  rows: Map<Socket, ReportSocket>;
  series: Series;
  distributions: Distributions;
}

/** The group of `sockets`, all of the same role, of which there is at least one. */
function groupOf({ whole, rows, series, distributions }: Read, sockets: Socket[]): Group {
  const { now, samples } = whole;
  const pids = new Set(sockets.map(({ pid }) => pid));
  return {
    role: roleOf(sockets[0] as Socket),
    sockets: sockets.map((socket) => rows.get(socket) as ReportSocket),
    profile: measuredOf(distributions, sockets),
    metrics: metricsOf(sockets, now),
    samples: [...samples.values()].filter(({ pid }) => pids.has(pid)),
    peak: sockets.reduce((most, socket) => Math.max(most, peakOf(series, socket)), 0),
    active: activeOf(sockets, now),
  };
}

function peakOf({ sockets }: Series, socket: Socket): number {
  return (sockets.get(socket) ?? []).reduce((most, { held }) => Math.max(most, held), 0);
}

function activeOf(sockets: Socket[], now: number): number {
  const first = sockets.reduce((least, { born }) => Math.min(least, born), now);
  const last = sockets.reduce((most, { closedAt }) => Math.max(most, closedAt < 0 ? now : closedAt), 0);
  return Math.max(0, last - first);
}
