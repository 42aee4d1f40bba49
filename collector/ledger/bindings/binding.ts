// binding - One dma-buf bound to RX queues: what is known of it, and how soon its pages are exhausted.

import type { ProbeEvent } from "../../events/event.ts";
import type { Binding, HeldSample } from "../state.ts";

/** Two dry lines closer than this belong to one episode: the probe prints at most one per 250 ms. */
const EPISODE_GAP_NS = 1e9;
/** Slope over this much time: long enough to smooth batches, short enough to follow the workload. */
const SLOPE_WINDOW_NS = 2e9;
const SAMPLE_GAP_NS = 5e7;

/** Of a binding whose first line is its unbind, nothing else is known. */
const UNKNOWN = { ifname: "", ifindex: 0, bytes: 0, shift: 12 };

/**
 * A binding as first seen in a `bind` line; or in a line of a socket, or of its unbind, where it was bound before the trace.
 */
export function newBinding(event: ProbeEvent<"bind" | "socket" | "manual" | "held" | "unbind">): Binding {
  const isBind = event.kind === "bind";
  const { ifname, ifindex, bytes, shift } = event.kind === "unbind" ? UNKNOWN : event;
  // Its device is gone (binding->dev is NULL after unregister_netdevice, since 6.15), and with it the queues it was bound to.
  const isGone = event.kind !== "unbind" && ifindex === 0;
  return {
    ptr: event.binding,
    dmabufId: event.dmabuf,
    ifname,
    ifindex,
    queues: [],
    bytes,
    pageSize: 2 ** shift,
    pid: isBind ? event.pid : 0,
    comm: isBind ? event.comm : "",
    boundAt: isBind ? event.t : -1,
    unboundAt: isGone ? event.t : -1,
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
    failed: 0,
    samples: [],
    inflight: null,
    wasHeld: [],
    doubts: [],
    lastReleaseAt: -1,
  };
}

/** Pages (net_iovs) of the dma-buf; 0 if its size is not known. */
export function pages(binding: Binding): number {
  return Math.floor(binding.bytes / binding.pageSize);
}

/**
 * Every page was found held: continues the newest episode of that, or begins one. Returns whether it began one. The event's
 * `failed` is the kernel-side running total.
 */
export function addExhaustion(binding: Binding, event: ProbeEvent<"dry">): boolean {
  const last = binding.dry.at(-1);
  const failed = event.failed - binding.failed;
  binding.failed = event.failed;
  if (last && event.t - last.to <= EPISODE_GAP_NS) {
    last.to = event.t;
    last.failed += failed;
    return false;
  }
  binding.dry.push({ from: event.t, to: event.t, failed });
  return true;
}

/** Keeps how many tokens are held at `t`, for timeToExhaustion: the samples of about two seconds. */
export function sample(binding: Binding, t: number): void {
  const { samples, outstanding: held } = binding;
  const last = samples.at(-1);
  if (last && t - last.t < SAMPLE_GAP_NS) {
    last.held = held;
    return;
  }
  samples.push({ t, held });
  while ((samples[0] as HeldSample).t < t - SLOPE_WINDOW_NS) samples.shift();
}

/**
 * Nanoseconds until every page is held at the rate of the last two seconds; null if the number of held tokens does not grow
 * or is not known. Counts tokens as pages, and pages waiting in the NIC's ring or in socket queues as free: the pages are
 * really exhausted sooner.
 */
export function timeToExhaustion(binding: Binding): number | null {
  const first = binding.samples[0];
  const last = binding.samples.at(-1);
  if (!first || !last || last.held <= first.held || pages(binding) === 0) return null;
  const perNs = (last.held - first.held) / (last.t - first.t);
  return Math.max(0, Math.round((pages(binding) - last.held) / perNs));
}
