// shape - The published report object, as `report --json` prints it: every name is a promise.

import type { Header, Level, Mode } from "../events/event.ts";
import type { Finding } from "../ledger/sockets/findings.ts";
import type { Loss, Token } from "../ledger/state.ts";
import type { Spread } from "../profile/spread.ts";

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
  /** null at level sampled, which does not count. */
  issued: number | null;
  returned: number | null;
  reclaimed: number;
  swept: number;
  /** Level sampled: at its last reading, before it was closed. */
  outstanding: number;
  heldAtClose: number;
  /** Manual mode: of `returned`, what was returned through other sockets; and what this one returned for others. */
  returnedElsewhere: { through: string; tokens: number; at: Time }[];
  returnedForOthers: number;
  /** Of `issued`, tokens it held when the trace first saw it; their age is unknown. null at level sampled. */
  issuedBefore: number | null;
  /** Manual mode: distinct pages of its binding that were held when it closed, and once it was destroyed; null: not seen. */
  pagesAtClose: number | null;
  pagesAtDestroy: number | null;
  sweptAt: Time;
  /** Bytes of dma-buf pinned now; except at level tokens an upper bound: one page per token. */
  pinnedBytes: number;
  /** Levels holds, profile and tokens: how long returned tokens were held, ns. null: none was returned, or not measured. Of a part of a recording: what that part shows. */
  holds: Spread | null;
  /** When the oldest token it holds was issued. null: none, or unknown. */
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
  /** false: events were lost since its first token, so `leaked` may name the wrong tokens. */
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
  /** Bytes of it that tokens pin now, at most: one page per token, but no more than the kernel counts. */
  pinnedBytes: number;
  /** ns until every page is in use, at the rate of the last two seconds; null when what is free does not shrink, or is unknown. */
  timeToExhaustion: number | null;
  dry: { from: Time; to: Time; failed: number }[];
  boundAt: Time;
  unboundAt: Time;
  freedAt: Time;
  heldAtUnbind: number;
  /** Pages out of its page pools at the last reading: in tokens, ring, socket queues, caches. null: never read. */
  inflight: number | null;
  /** Manual mode: tokens and distinct pages held at unbind by the kernel's own counters; null: not seen. */
  urefsAtUnbind: number | null;
  pagesAtUnbind: number | null;
  /** Manual mode: tokens returned through a socket that held none; whose they were is unknown. */
  unattributed: number;
  sweptAt: Time;
  verdict: string;
  why: string;
}

/** The ledger compared with the kernel's own bookkeeping. */
export interface ReportChecks {
  /** How often every socket was read, and when last. */
  times: number;
  at: Time;
  /** Readings and closes at which the numbers differed. */
  differences: number;
  /** At the last reading: sockets that changed meanwhile, lines that could not be read. */
  moved: number;
  unread: number;
  /** Why the kernel could not be read; empty where it could. */
  unchecked: string;
}

/** What part of the recording is shown; verdict, why and lost cover all of it. */
export interface ReportSelection {
  filters: { pid?: number; port?: number; dmabuf?: number; verdict?: string };
  from: Time;
  /** Sockets and bindings are shown as of this time. */
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
  /** Of the skipped runs, by what the probe is attached to; older recordings have none. */
  skippedRuns: Record<string, number>;
  /** Stretches in which nothing was traced; `to` null where it ended so. */
  gaps: { from: Time; to: Time; why: string }[];
  reconciled: ReportChecks;
  from: Time;
  to: Time;
  sockets: ReportSocket[];
  bindings: ReportBinding[];
  /** Findings about sockets that never received a token. */
  findings: ReportFinding[];
  /** Only where a part was selected. */
  selection?: ReportSelection;
}
