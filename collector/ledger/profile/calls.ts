// calls - Level profile: what recvmsg and the return call of one socket moved, and how long they took.

import type { ProbeEvent } from "../../events/event.ts";

/** Running totals; lengths of time are ns. */
export interface Calls {
  /** recvmsg with MSG_SOCK_DEVMEM; `empty` of them took nothing (EAGAIN, the end, an error). */
  recvs: number;
  empty: number;
  /** Taken out of the stream. */
  bytes: number;
  /** Calls of tcp_recvmsg_dmabuf, one per skb, and the time inside. */
  skbs: number;
  received: number;
  /** Calls of sock_devmem_dontneed, tokens they freed, and the time inside. */
  returns: number;
  freed: number;
  returned: number;
  /** Times the lock of the xarray had to be waited for in these calls, and for how long. */
  waits: number;
  waited: number;
}

/** Nothing was called. */
export function newCalls(): Calls {
  return {
    recvs: 0,
    empty: 0,
    bytes: 0,
    skbs: 0,
    received: 0,
    returns: 0,
    freed: 0,
    returned: 0,
    waits: 0,
    waited: 0,
  };
}

/** Takes a line of totals in. They only grow, so a timer's line that was printed after a later one adds nothing. */
export function addCalls(calls: Calls, event: ProbeEvent<"calls" | "wait">): void {
  if (event.kind === "wait") return grow(calls, { waits: event.times, waited: event.ns });
  const { recvs, empty, bytes, skbs, received, returns, freed, returned } = event;
  grow(calls, { recvs, empty, bytes, skbs, received, returns, freed, returned });
}

function grow(calls: Calls, totals: Partial<Calls>): void {
  for (const [name, total] of Object.entries(totals) as [keyof Calls, number][])
    calls[name] = Math.max(calls[name], total);
}

/** All of them together. */
export function sumOfCalls(all: readonly Calls[]): Calls {
  const sum = newCalls();
  for (const calls of all) for (const name of Object.keys(sum) as (keyof Calls)[]) sum[name] += calls[name];
  return sum;
}
