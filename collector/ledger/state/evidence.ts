// evidence - What is missing of a trace, and how often the ledger was compared with the kernel. Only types are here.

import type { ProbeEvent } from "../../events/event.ts";
import type { LOSSES } from "../../events/tracer-events.ts";

/** What is missing of a trace, and what is known all the same. Times are ns since t0 and -1 for "never". */
export interface Evidence {
  /** Events known to be missing, by what lost them. */
  lost: Record<Loss, number>;
  /** From here on nothing is known to be missing. */
  lostAt: number;
  gaps: Gap[];
  /** When the kernel was last found to have skipped a run of a probe; sockets born later are not concerned. */
  skippedAt: number;
  /** When the kernel was last found to have skipped a probe of a socket's close, and of its destroy. */
  closeSkippedAt: number;
  destroySkippedAt: number;
  /** Skipped probe runs, by program: what it is attached to. */
  skippedRuns: Record<string, number>;
  /** The newest two ticks: what is found missing at one went missing since the one before. */
  ticks: [earlier: number, newest: number];
  /** The newest totals of the kernel's maps. */
  sums: ProbeEvent<"sums"> | null;
  /** Since when bpftrace has been silent although it runs. */
  silentSince: number;
  /** Manual mode: tokens that came back through sockets no line had introduced, and when last: any binding's. */
  strangers: { tokens: number; lastAt: number };
  /** What the pages held when an unbind began whose own line, the next one, names the binding. */
  walkBeforeUnbind: ProbeEvent<"pinned"> | null;
}

export type Loss = (typeof LOSSES)[number];

/** A stretch in which nothing was traced, ns since t0; `to` is -1 while it goes on. */
export interface Gap {
  from: number;
  to: number;
  /** Why, one sentence. */
  why: string;
}

/** How often the ledger was compared with the kernel, and with what result. */
export interface Checks {
  /** Rounds in which every socket was read. */
  times: number;
  /** Time of the last one, ns since t0; -1: never. */
  at: number;
  /** Readings and closes at which the numbers of kernel and ledger were different. */
  differences: number;
  /** Sockets of the last round that moved while they were read, and lines of it that could not be read. */
  moved: number;
  unread: number;
  /** Why the kernel could not be read; empty where it could. */
  unchecked: string;
}
