// event - What happened, as one union: the probes' lines (grammar.ts) and what the tracer itself has to say.

import type { EventOf, Fields } from "./fields.ts";
import { type Grammar, grammar } from "./probe-events.ts";
import { type Own, own } from "./tracer-events.ts";

/** One parsed probe line of kind K; field meanings, units and kernel sources are in grammar.ts. */
export type ProbeEvent<K extends keyof Grammar = keyof Grammar> = EventOf<Grammar, K>;

/** One event of the tracer's own, of kind K; what its fields mean is in own.ts. */
export type OwnEvent<K extends keyof Own = keyof Own> = EventOf<Own, K>;

export type LostEvent = OwnEvent<"lost">;

export type Event = ProbeEvent | OwnEvent;

/** Every kind of event and its fields, in the order they are written in. */
export const KINDS: Readonly<Record<Event["kind"], Fields>> = { ...grammar, ...own };

/** Whether it is the tracer that says it, and no probe. */
export function isOwn(event: Event): event is OwnEvent {
  return Object.hasOwn(own, event.kind);
}

/**
 * What the probes do, least first. `sampled`: nothing where tokens are issued or returned; `counts`: work per batch; `holds`: the birth of each token as well, in a map of the
 * kernel's; `profile`: time inside the calls and CPU samples as well; `tokens`: `counts` and one event per token.
 */
export const LEVELS = ["sampled", "counts", "holds", "profile", "tokens"] as const;
export type Level = (typeof LEVELS)[number];

/** Births of tokens that levels `holds` and `profile` keep at once unless told otherwise. */
export const BIRTHS = 16_384;

/** Whether tokens issued and returned are counted at all; where not, only what is outstanding is known. */
export function countsTokens(level: Level): boolean {
  return level !== "sampled";
}

/** The kernel's token bookkeeping, told by BTF names: see kernel.ts. */
export type Variant = "xarray" | "sockopt" | "netlink" | "none";

/**
 * How a socket's tokens are kept: `xarray` on every mainline kernel, `autorelease` and `manual` on one with the v6
 * option SO_DEVMEM_AUTORELEASE set to 1 or 0; `unknown` before such a socket's first token told.
 */
export type Mode = "xarray" | "autorelease" | "manual" | "unknown";

/** The modes in the order of the probes' numbers for them (field `sockmode`). */
export const SOCKMODES = ["xarray", "autorelease", "manual"] as const satisfies readonly Mode[];

/** How a socket's tokens are kept, by the probes' number for it. */
export function modeOf(sockmode: number): (typeof SOCKMODES)[number] {
  return SOCKMODES[sockmode] ?? "xarray";
}

/** First line of every stream: who recorded what, where and when. Version 1 has none of the optional ones. */
export interface Header {
  /** Format version of the recording; this is what identifies the file. */
  devmemTrace: 1 | 2;
  tool: string;
  level: Level;
  kernel: { release: string; variant: Variant };
  bpftrace: string;
  /** CLOCK_MONOTONIC ns at the start, decimal: every time in the events is relative to it. */
  t0: string;
  /** Wall clock at t0, ISO 8601 UTC. */
  wall: string;
  /** CLOCK_BOOTTIME ns at t0, decimal, to a hundredth of a second: it went on while the host slept. */
  boottime?: string;
  /** /proc/sys/kernel/random/boot_id: recordings of one boot can be laid side by side by their t0. */
  bootId?: string;
  host?: string;
  /** The command that was traced while it ran; its name and arguments. */
  command?: string[];
  /**
   * Only in a recording that begins in the middle of its trace, with the events that introduced what was there then: from
   * when on it has every event, ns since t0, and what a flight recorder wrote it for.
   */
  stretch?: { from: number; triggers: { what: string; at: number }[] };
  /** Names of the fields of each kind of event, in the order of the columns of a block. */
  fields?: Record<string, readonly string[]>;
}
