// binding - One dma-buf bound to RX queues: what is known of it, and when its pages were exhausted.

import type { ProbeEvent } from "../../events/event.ts";
import type { Binding } from "../state/socket-and-binding.ts";

/** Two dry lines closer than this belong to one episode: the probe prints at most one per 250 ms. */
const EPISODE_GAP_NS = 1e9;

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
    firstAt: event.t,
    seenAt: event.t,
    outstanding: 0,
    heldAtUnbind: 0,
    sweptAt: -1,
    atUnbind: null,
    orphans: [],
    forsaken: { sockets: 0, tokens: 0, returned: 0 },
    unattributed: [],
    unnamed: 0,
    mixed: { tokens: 0, t: -1, round: 1, by: null },
    held: new Map(),
    dry: [],
    dryBefore: { episodes: 0, failed: 0 },
    failed: 0,
    samples: [],
    inflight: null,
    heldAtInflight: 0,
    issuedSinceInflight: 0,
    wasHeld: [],
    doubts: [],
  };
}

/**
 * Every page was found held: continues the newest episode of that, or begins one. Returns whether it began one. The event's
 * `failed` is the kernel-side running total.
 */
export function addExhaustion(binding: Binding, event: ProbeEvent<"dry">): boolean {
  const { dry, failed: before } = binding;
  const more = event.failed - before;
  const last = dry.at(-1);
  binding.failed = event.failed;
  if (last && event.t - last.to <= EPISODE_GAP_NS) {
    last.to = event.t;
    last.failed += more;
    return false;
  }
  dry.push({ from: event.t, to: event.t, failed: more });
  if (dry.length > MOST_EPISODES) letGoEpisode(binding);
  return true;
}

/** A page pool that is exhausted a little every few seconds would fill the memory with episodes. */
const MOST_EPISODES = 1024;

function letGoEpisode({ dry, dryBefore }: Binding): void {
  dryBefore.episodes += 1;
  dryBefore.failed += dry.shift()?.failed ?? 0;
}
