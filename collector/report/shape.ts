// shape - The published report object, as `report --json` prints it: every name is a promise.

import type { Header, Level, Mode } from "../events/event.ts";
import type { Finding } from "../ledger/sockets/findings.ts";
import type { Loss } from "../ledger/state/evidence.ts";
import type { Token } from "../ledger/state/token.ts";
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
  /** Bytes of dma-buf pinned now; except at level tokens an upper bound: one page per token, but no more than the kernel counts. */
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
  /** Only where there were more episodes than are listed: those before them. */
  dryBefore?: { episodes: number; failed: number };
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

/** Sockets of one role that a long trace let go, in sums. Counts are tokens where nothing else is said. */
export interface ReportRole {
  /** Program, service port (0: unknown) and device of the dma-bufs; null in all three: further roles together. */
  comm: string | null;
  port: number | null;
  device: string | null;
  sockets: number;
  /** Of these, sockets that closed while they held tokens. */
  leaks: number;
  /** How many sockets had which verdict when they were let go. */
  verdicts: { [verdict: string]: number };
  /** null at level sampled, which does not count. */
  issued: number | null;
  returned: number | null;
  reclaimed: number;
  swept: number;
  heldAtClose: number;
  /** Bytes, of the sockets whose close was seen. */
  payloadBytes: number;
  linearBytes: number;
}

/** What a long trace did not keep one by one; the verdict on the run counts all of it. */
export interface ReportLetGo {
  sockets: number;
  leaks: number;
  /** Those with most leaks first, then those with most sockets. */
  roles: ReportRole[];
  /** Bindings that were unbound and freed. */
  bindings: number;
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
  /** Functions of the kernel that could not be probed, without which part is not seen; not there where all could. */
  absent?: string[];
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
  /** Only where something was let go: never of a recording that is read from a file. */
  letGo?: ReportLetGo;
  /** Only where a part was selected. */
  selection?: ReportSelection;
}
