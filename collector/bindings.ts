// bindings - One dma-buf bound to RX queues: what is known of it, and how soon it runs dry.

import type { ProbeEvent } from "./event.ts";
import type { PageToken } from "./pages.ts";
import type { Socket, Steady } from "./socket.ts";

/** A stretch of time in which the page pool found every page held. */
export interface DryEpisode {
  from: number;
  to: number;
  /** Failed page allocations. */
  failed: number;
}

/** How many tokens were held at a time; the newest few, for the slope. */
interface Sample {
  t: number;
  held: number;
}

/** What the kernel's counters said of a binding's pages: tokens on them, pages held, pages looked at. */
export interface Pinned {
  tokens: number;
  pages: number;
  walked: number;
}

/** Tokens of one socket that were returned through another one of the same binding, by time t. */
export interface Handover {
  through: Socket;
  tokens: number;
  t: number;
}

/** Times are ns since t0 and -1 for "not seen"; numbers of unknown size are 0. */
export interface Binding {
  /** Kernel pointer of the net_devmem_dmabuf_binding, hex; reused after free. */
  ptr: string;
  dmabufId: number;
  ifname: string;
  ifindex: number;
  queues: number[];
  /** Size of the dma-buf and of one net_iov, bytes. */
  bytes: number;
  pageSize: number;
  pid: number;
  comm: string;
  boundAt: number;
  unboundAt: number;
  freedAt: number;
  /**
   * Tokens of it held now by all sockets, also those destroyed in manual mode; an upper bound where a socket received
   * from several bindings.
   */
  outstanding: number;
  /** Time of the newest line that told it was bound. */
  seenAt: number;
  /** Tokens its sockets held at unbind. */
  heldAtUnbind: number;
  dry: DryEpisode[];
  samples: Sample[];
  /** When the unbind was over and had swept what sockets in manual mode held; -1 before. */
  sweptAt: number;
  /** What its pages held at unbind by the kernel's own counters; null where nobody looked. */
  atUnbind: Pinned | null;
  /** Manual mode: sockets destroyed while holding tokens, which other sockets may still return. */
  orphans: Socket[];
  /** Manual mode: tokens returned through a socket that held none, not known yet whose they were. */
  unattributed: Handover[];
  /** Manual mode, level tokens: what each page is held for, oldest first. */
  held: Map<number, PageToken[]>;
  /** Pages out of its page pools when netlink was last asked (rings, socket queues and caches too); null: never. */
  inflight: number | null;
  /** What holders were certain then: to be looked at again when they have been read once more. */
  wasHeld: { socket: Socket; reading: Steady }[];
  /** Evidence that contradicts what its sockets hold. */
  doubts: string[];
  /** When its last holder let go after unbind; -1 while somebody holds. */
  lastReleaseAt: number;
}

/** Two dry lines closer than this belong to one episode: the probe prints at most one per 250 ms. */
const EPISODE_GAP_NS = 1e9;
/** Slope over this much time: long enough to smooth batches, short enough to follow the workload. */
const SLOPE_WINDOW_NS = 2e9;
const SAMPLE_GAP_NS = 5e7;

/** A binding as first seen in a `bind` line, or in a line of a socket of one bound before the trace. */
export function newBinding(event: ProbeEvent<"bind" | "socket" | "manual" | "held">): Binding {
  const isBind = event.kind === "bind";
  return {
    ptr: event.binding,
    dmabufId: event.dmabuf,
    ifname: event.ifname,
    ifindex: event.ifindex,
    queues: [],
    bytes: event.bytes,
    pageSize: 2 ** event.shift,
    pid: isBind ? event.pid : 0,
    comm: isBind ? event.comm : "",
    boundAt: isBind ? event.t : -1,
    unboundAt: -1,
    freedAt: -1,
    seenAt: event.t,
    outstanding: 0,
    heldAtUnbind: 0,
    sweptAt: -1,
    atUnbind: null,
    orphans: [],
    unattributed: [],
    held: new Map(),
    dry: [],
    samples: [],
    inflight: null,
    wasHeld: [],
    doubts: [],
    lastReleaseAt: -1,
  };
}

/** Pages (net_iovs) of the dma-buf; 0 when its size is not known. */
export function pages(binding: Binding): number {
  return Math.floor(binding.bytes / binding.pageSize);
}

/** Continues the newest dry episode or opens one. `failed` is the kernel-side running total. */
export function runDry(binding: Binding, event: ProbeEvent<"dry">): void {
  const last = binding.dry.at(-1);
  const before = binding.dry.slice(0, -1).reduce((sum, d) => sum + d.failed, 0);
  if (last && event.t - last.to <= EPISODE_GAP_NS) {
    last.to = event.t;
    last.failed = event.failed - before;
    return;
  }
  binding.dry.push({ from: event.t, to: event.t, failed: event.failed - before - (last?.failed ?? 0) });
}

/** Remembers how many tokens are held at `t`, for timeToExhaustion; keeps about two seconds of them. */
export function sample(binding: Binding, t: number): void {
  const { samples, outstanding: held } = binding;
  const last = samples.at(-1);
  if (last && t - last.t < SAMPLE_GAP_NS) {
    last.held = held;
    return;
  }
  samples.push({ t, held });
  while ((samples[0] as Sample).t < t - SLOPE_WINDOW_NS) samples.shift();
}

/**
 * Nanoseconds until every page is held if holding goes on growing as it did in the last two seconds; null when it does
 * not grow or is not known. Counts tokens as pages, and pages waiting in the NIC's ring or in socket queues as free:
 * the real moment comes sooner.
 */
export function timeToExhaustion(binding: Binding): number | null {
  const first = binding.samples[0];
  const last = binding.samples.at(-1);
  if (!first || !last || last.held <= first.held || pages(binding) === 0) return null;
  const perNs = (last.held - first.held) / (last.t - first.t);
  return Math.max(0, Math.round((pages(binding) - last.held) / perNs));
}
