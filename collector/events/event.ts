// event - Events as one union of the kinds in the table, and the header that describes their trace.

import type { EventOf } from "./fields.ts";
import {
  type Kind,
  type KindNaming,
  type KindTable,
  type KindWith,
  kindsNaming,
  kindsWith,
} from "./kinds.ts";
import type { probeKinds } from "./probe-events.ts";
import { tracerKinds } from "./tracer-events.ts";
import type { Naming, Traits } from "./traits.ts";

/** An event of one of the kinds K; field meanings, units and kernel sources are in the tables. */
export type EventOfKind<K extends Kind = Kind> = EventOf<KindTable, K>;

/** An event that a probe printed. */
export type ProbeEvent<K extends keyof typeof probeKinds = keyof typeof probeKinds> = EventOfKind<K>;

/** An event that the tracer added. */
export type TracerEvent<K extends keyof typeof tracerKinds = keyof typeof tracerKinds> = EventOfKind<K>;

export type LostEvent = TracerEvent<"lost">;

export type Event = EventOfKind;

/** An event of a kind for which trait T has one of the values V. */
export type EventWith<T extends keyof Traits, V extends Traits[T]> = EventOfKind<KindWith<T, V>>;

/** A test whether an event is of a kind for which `trait` has one of `values`. Make it once, it is cheap to call. */
export function having<T extends keyof Traits, const V extends Traits[T]>(trait: T, ...values: V[]) {
  const kinds = kindsWith(trait, ...values);
  return (event: Event): event is EventWith<T, V> => kinds.has(event.kind);
}

/** A test whether an event's `pid` names one of `whom`. */
export function naming<const N extends Naming>(...whom: N[]) {
  const kinds = kindsNaming(...whom);
  return (event: Event): event is EventOfKind<KindNaming<N>> => kinds.has(event.kind);
}

/** Whether the tracer added it; else a probe printed it. */
export function isTracerEvent(event: Event): event is TracerEvent {
  return Object.hasOwn(tracerKinds, event.kind);
}

/**
 * How much the probes do, least first. `sampled`: nothing where tokens are issued or returned · `counts`: work per batch ·
 * `holds`: also the birth of each token, in a kernel map · `profile`: also time in the calls and CPU samples ·
 * `tokens`: `counts` and one event per token.
 */
export const LEVELS = ["sampled", "counts", "holds", "profile", "tokens"] as const;
export type Level = (typeof LEVELS)[number];

/** Births of tokens that levels `holds` and `profile` keep at once by default. */
export const BIRTHS = 16_384;

/** Whether issued and returned tokens are counted; if not, only outstanding ones are known. */
export function countsTokens(level: Level): boolean {
  return level !== "sampled";
}

/** How the kernel keeps tokens, recognized by names in its BTF: see kernel/kernel.ts. */
export const VARIANTS = ["xarray", "sockopt", "netlink", "none"] as const;
export type Variant = (typeof VARIANTS)[number];

/**
 * How a socket's tokens are kept: `xarray` on every mainline kernel; `autorelease` and `manual` on a kernel with the v6
 * series, by the option SO_DEVMEM_AUTORELEASE, 1 or 0; `unknown` there before the socket's first token.
 */
export type Mode = "xarray" | "autorelease" | "manual" | "unknown";

/** The modes in the order of the probes' numbers for them (field `sockmode`). */
export const SOCKMODES = ["xarray", "autorelease", "manual"] as const satisfies readonly Mode[];

/** The mode that the probes print as this number. */
export function modeOf(sockmode: number): (typeof SOCKMODES)[number] {
  return SOCKMODES[sockmode] ?? "xarray";
}

/** What a flight recorder can wait for. */
export const TRIGGERS = ["leak", "exhausted", "lost"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** The first line of a stream: what was traced, with what, where and when. Version 1 has none of the optional fields. */
export interface Header {
  /** Format version of the recording; its name identifies the file. */
  devmemTrace: 1 | 2;
  tool: string;
  level: Level;
  kernel: { release: string; variant: Variant };
  bpftrace: string;
  /** Functions of the kernel that the level does without here: see absent.ts. */
  absent?: string[];
  /** CLOCK_MONOTONIC ns at the start, decimal: every time in the events is relative to it. */
  t0: string;
  /** Wall clock at t0, ISO 8601 UTC. */
  wall: string;
  /** CLOCK_BOOTTIME ns at t0, decimal, to a hundredth of a second: it includes time in which the host slept. */
  boottime?: string;
  /** /proc/sys/kernel/random/boot_id: recordings of one boot can be aligned by their t0. */
  bootId?: string;
  host?: string;
  /** The command that ran while it was traced: name and arguments. */
  command?: string[];
  /**
   * Only in a recording that begins in the middle of its trace, with earlier events about what still existed: the time from
   * which on it has every event, ns since t0, and the triggers for which a flight recorder wrote it.
   */
  stretch?: { from: number; triggers: { what: string; at: number }[] };
  /** Names of the fields of each kind of event, in the order of the columns of its blocks. */
  fields?: Record<string, readonly string[]>;
}
