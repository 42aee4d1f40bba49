// event - What happened, as one union: the probes' lines (grammar.ts) and what the tracer itself has to say.

import type { FieldType, Grammar } from "./grammar.ts";

type Value<T extends FieldType> = T extends "time" | "int" ? number : string;

/** One parsed probe line of kind K; field meanings, units and kernel sources are in grammar.ts. */
export type ProbeEvent<K extends keyof Grammar = keyof Grammar> = {
  [Kind in K]: { kind: Kind } & {
    -readonly [F in keyof Grammar[Kind]]: Grammar[Kind][F] extends FieldType
      ? Value<Grammar[Kind][F]>
      : never;
  };
}[K];

/** Evidence that is missing: `count` events of the kind `what`, known to be lost by time `t` (ns since t0). */
export interface LostEvent {
  kind: "lost";
  t: number;
  count: number;
  /** bpftrace: its ring buffer was full; parse: a line nobody could read; map: a kernel map was full. */
  what: "bpftrace" | "parse" | "map";
  /** What could not be read, shortened; empty where nothing is known of it. */
  detail: string;
}

/** The trace's last event: why it ended. `died` leaves everything after its last event unknown. */
export interface EndEvent {
  kind: "end";
  t: number;
  reason: "stopped" | "died";
  /** One sentence for the user; empty when stopped on purpose. */
  detail: string;
}

export type Event = ProbeEvent | LostEvent | EndEvent;

/** What the probes do, least first. `counts`: work per batch; `tokens`: one event per token as well. */
export const LEVELS = ["counts", "tokens"] as const;
export type Level = (typeof LEVELS)[number];

/** The kernel's token bookkeeping, told by BTF names: see kernel.ts. */
export type Variant = "xarray" | "sockopt" | "netlink" | "none";

/**
 * How a socket's tokens are kept: `xarray` on every mainline kernel, `autorelease` and `manual` on one with the v6
 * option SO_DEVMEM_AUTORELEASE set to 1 or 0; `unknown` before such a socket's first token told.
 */
export type Mode = "xarray" | "autorelease" | "manual" | "unknown";

/** First line of every stream: who recorded what, where and when. */
export interface Header {
  /** Format version of the recording; this is what identifies the file. */
  devmemTrace: 1;
  tool: string;
  level: Level;
  kernel: { release: string; variant: Variant };
  bpftrace: string;
  /** CLOCK_MONOTONIC ns at the start, decimal: every time in the events is relative to it. */
  t0: string;
  /** Wall clock at t0, ISO 8601 UTC. */
  wall: string;
}
