// report - The ledger as the published report object: every name is a promise (design: the report's JSON).

import { countsTokens, type Header, type Level, type Mode } from "../events/event.ts";
import { pages, timeToExhaustion } from "../ledger/bindings/binding.ts";
import { lostEvents } from "../ledger/evidence/evidence.ts";
import { pinnedBytes } from "../ledger/pinned.ts";
import type { Finding } from "../ledger/sockets/findings.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Binding, Ledger, Loss, Socket, Token } from "../ledger/state.ts";
import { holdSpreadOf } from "../profile/metrics.ts";
import { oldestOf } from "../profile/oldest.ts";
import type { Spread } from "../profile/spread.ts";
import { bindingVerdict } from "../verdict/binding-verdict.ts";
import { runVerdict } from "../verdict/run-verdict.ts";
import { socketVerdict } from "../verdict/socket-verdict.ts";

/** A point in time, CLOCK_MONOTONIC ns: a number up to 2^53, else decimal text. null: not seen. */
export type Time = number | string | null;

export type ReportFinding = Omit<Finding, "first" | "last"> & { first: Time; last: Time };
export type ReportToken = Omit<Token, "issuedAt"> & { issuedAt: Time };

/** One socket. All counts are tokens; `family` is 4 or 6, 0 when unknown. */
export interface ReportSocket {
  id: string;
  pid: number;
  comm: string;
  closePid: number;
  closeComm: string;
  /** Path of the cgroup (version 2) of `pid` when it was first seen; empty where that was not read. */
  cgroup: string;
  netns: number;
  family: number;
  local: string;
  remote: string;
  mode: Mode;
  dmabufIds: number[];
  /** null at level sampled: nobody counts. */
  issued: number | null;
  returned: number | null;
  reclaimed: number;
  swept: number;
  /** Level sampled: at its last reading, before it was closed. */
  outstanding: number;
  heldAtClose: number;
  /** Manual mode: of `returned`, what was given back through other sockets; and what this one gave back for others. */
  returnedElsewhere: { through: string; tokens: number; at: Time }[];
  returnedForOthers: number;
  /** Of `issued`, tokens it held when the trace first met it: their age is not known. null at level sampled. */
  issuedBefore: number | null;
  /** Manual mode: distinct pages of its binding that were held when it closed, and once it was destroyed; null: not seen. */
  pagesAtClose: number | null;
  pagesAtDestroy: number | null;
  sweptAt: Time;
  /** Bytes of dma-buf pinned now; at level counts the most it can be (a token taken for a page). */
  pinnedBytes: number;
  /** Levels holds, profile and tokens: how long returned tokens were held, ns. null: none came back, or nobody measured. Of a part of a recording: as the part tells. */
  holds: Spread | null;
  /** When the oldest token it holds was issued. null: none, or not known. */
  oldestAt: Time;
  payloadBytes: number | null;
  linearBytes: number;
  firstTokenAt: Time;
  closedAt: Time;
  destroyedAt: Time;
  verdict: string;
  why: string;
  findings: ReportFinding[];
  /** Level tokens: the tokens held at close, one by one. */
  leaked: ReportToken[];
  /** false: lines were lost since it was born, so `leaked` may name the wrong tokens. */
  leakedSure: boolean;
}

/** One binding; `bytes` 0 and `boundAt` null where it was bound before the trace and not seen since. */
export interface ReportBinding {
  id: number;
  ifname: string;
  ifindex: number;
  queues: number[];
  bytes: number;
  pages: number;
  pageSize: number;
  pid: number;
  comm: string;
  outstanding: number;
  /** ns until every page is held, at the pace of the last two seconds; null when it does not shrink. */
  timeToExhaustion: number | null;
  dry: { from: Time; to: Time; failed: number }[];
  boundAt: Time;
  unboundAt: Time;
  freedAt: Time;
  heldAtUnbind: number;
  /** Pages out of its page pools when the kernel was asked last: in tokens, ring, socket queues, caches. null: never. */
  inflight: number | null;
  /** Manual mode: tokens and distinct pages held at unbind by the kernel's own counters; null: not seen. */
  urefsAtUnbind: number | null;
  pagesAtUnbind: number | null;
  /** Manual mode: tokens given back through a socket that held none, whose they were is not known. */
  unattributed: number;
  sweptAt: Time;
  verdict: string;
  why: string;
}

/** The ledger against the kernel's own bookkeeping. */
export interface ReportChecks {
  /** How often every socket was read, and when last. */
  times: number;
  at: Time;
  /** Readings and closes at which the numbers were different. */
  differences: number;
  /** Of the last time: sockets that did not stand still, lines that could not be read. */
  moved: number;
  unread: number;
  /** Why the kernel could not be read; empty where it could. */
  unchecked: string;
}

/** What of the recording is shown; verdict, why and lost are those of all of it. */
export interface ReportSelection {
  filters: { pid?: number; port?: number; dmabuf?: number; verdict?: string };
  from: Time;
  /** Sockets and bindings are shown as they stood at this time. */
  to: Time;
  sockets: number;
  ofSockets: number;
  bindings: number;
  ofBindings: number;
}

export interface Report {
  schema: 1;
  verdict: "clean" | "leak" | "inconclusive";
  why: string;
  level: Level;
  kernel: Header["kernel"];
  bpftrace: string;
  /** Wall clock at `from`, ISO 8601. */
  wall: string;
  lost: number;
  /** Of `lost`, by what lost them: see tracer-events.ts. */
  lostBy: Record<Loss, number>;
  /** Of those skipped, by what the probe is attached to; a recording made before this was told has none. */
  skippedRuns: Record<string, number>;
  /** Stretches in which nothing was traced; `to` null where it ended so. */
  gaps: { from: Time; to: Time; why: string }[];
  reconciled: ReportChecks;
  from: Time;
  to: Time;
  sockets: ReportSocket[];
  bindings: ReportBinding[];
  /** What sockets that never had a token did wrong. */
  findings: ReportFinding[];
  /** Only where a part was asked for. */
  selection?: ReportSelection;
}

/** The report on everything the ledger has seen so far. */
export function reportOf(ledger: Ledger): Report {
  const { header } = ledger;
  const time = (t: number): Time => (t < 0 ? null : absolute(header.t0, t));
  const { verdict, why } = runVerdict(ledger);
  return {
    ...{ schema: 1, verdict, why, level: header.level, kernel: header.kernel, bpftrace: header.bpftrace },
    ...{ wall: header.wall, from: time(0), to: time(ledger.now) },
    ...{ lost: lostEvents(ledger), lostBy: { ...ledger.lost }, skippedRuns: { ...ledger.skippedRuns } },
    gaps: ledger.gaps.map(({ from, to, why }) => ({ from: time(from), to: time(to), why })),
    reconciled: { ...ledger.checks, at: time(ledger.checks.at) },
    sockets: ledger.sockets.map((socket) => socketReport(ledger, socket, time)),
    bindings: ledger.bindings.map((binding) => bindingReport(ledger, binding, time)),
    findings: findingsReport(ledger.findings, time),
  };
}

/** t0 plus t without losing a nanosecond. */
function absolute(t0: string, t: number): number | string {
  const sum = BigInt(t0) + BigInt(Math.round(t));
  return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : String(sum);
}

type ToTime = (t: number) => Time;

function socketReport(ledger: Ledger, socket: Socket, time: ToTime): ReportSocket {
  const { id, pid, comm, closePid, closeComm, netns, local, remote, reclaimed, heldAtClose } = socket;
  return {
    ...{
      id,
      pid,
      comm,
      closePid,
      closeComm,
      cgroup: socket.cgroup,
      netns,
      family: familyOf(local),
      local,
      remote,
      mode: socket.mode,
    },
    dmabufIds: [...new Set(socket.shares.map((share) => share.binding.dmabufId))],
    ...countsReport(ledger, socket),
    ...{ reclaimed, swept: socket.swept, outstanding: outstanding(socket), heldAtClose },
    ...manualReport(socket, time),
    pinnedBytes: pinnedBytes(socket),
    ...{ holds: holdSpreadOf(socket), oldestAt: time(oldestOf(socket) ?? -1) },
    payloadBytes: socket.payloadBytes < 0 ? null : socket.payloadBytes,
    linearBytes: socket.linearBytes,
    ...{
      firstTokenAt: time(socket.born || -1),
      closedAt: time(socket.closedAt),
      destroyedAt: time(socket.destroyedAt),
    },
    ...socketVerdict(ledger, socket),
    findings: findingsReport(socket.findings, time),
    leaked: socket.leaked.map((token) => ({ ...token, issuedAt: time(token.issuedAt) })),
    leakedSure: ledger.lostAt < socket.born,
  };
}

function countsReport({ header }: Ledger, { issued, returned, before }: Socket) {
  return countsTokens(header.level)
    ? { issued, returned, issuedBefore: Math.max(0, before) }
    : { issued: null, returned: null, issuedBefore: null };
}

function manualReport(socket: Socket, time: ToTime) {
  return {
    returnedElsewhere: socket.exchange.elsewhere.map(({ through, tokens, t }) => ({
      through: through.id,
      tokens,
      at: time(t),
    })),
    returnedForOthers: socket.exchange.forOthers,
    pagesAtClose: socket.kernel.pagesAtClose?.pages ?? null,
    pagesAtDestroy: socket.kernel.pagesAtDestroy?.pages ?? null,
    sweptAt: time(socket.sweptAt),
  };
}

function findingsReport(findings: Finding[], time: ToTime): ReportFinding[] {
  return findings.map((f) => ({ ...f, first: time(f.first), last: time(f.last) }));
}

function familyOf(local: string): number {
  if (local === "") return 0;
  return local.startsWith("[") ? 6 : 4;
}

function bindingReport(ledger: Ledger, binding: Binding, time: ToTime): ReportBinding {
  const { dmabufId, ifname, ifindex, queues, bytes, pageSize, pid, comm, heldAtUnbind } = binding;
  return {
    ...{ id: dmabufId, ifname, ifindex, queues, bytes, pages: pages(binding), pageSize, pid, comm },
    outstanding: binding.outstanding,
    timeToExhaustion: timeToExhaustion(binding),
    dry: binding.dry.map((d) => ({ ...d, from: time(d.from), to: time(d.to) })),
    ...{ boundAt: time(binding.boundAt), unboundAt: time(binding.unboundAt), freedAt: time(binding.freedAt) },
    ...{ heldAtUnbind, inflight: binding.inflight },
    ...{ urefsAtUnbind: binding.atUnbind?.tokens ?? null, pagesAtUnbind: binding.atUnbind?.pages ?? null },
    unattributed: binding.unattributed.reduce((sum, { tokens }) => sum + tokens, 0),
    sweptAt: time(binding.sweptAt),
    ...bindingVerdict(ledger, binding),
  };
}
