// settled - When a traced command's tokens and dma-bufs are gone, and so when its trace may end.

import type { Ledger } from "../ledger/state/ledger.ts";
import type { Sink } from "../recording/follow.ts";
import type { LiveStream } from "./live.ts";

/**
 * How long after a command's end its sockets and bindings may take to go: the page pool looks once a second whether its
 * last page came back (DEFER_TIME, net/core/page_pool.c). A socket in FIN_WAIT, or an skb on an idle CPU, may take longer.
 */
const SETTLE_NS = 32e9;

/** Stops a live stream once the command has ended (`endedAt`, ns since t0, null before) and nothing more will come. */
export function stopWhenSettled(stream: LiveStream, endedAt: () => number | null): Sink {
  return (event, ledger) => {
    const ended = endedAt();
    if (ended === null || event.t < ended) return;
    if (isSettled(ledger) || event.t > ended + SETTLE_NS) stream.stop();
  };
}

/** No closed socket still holds tokens, and no unbound dma-buf waits to be freed. */
export function isSettled(ledger: Ledger): boolean {
  const closing = [...ledger.current.values()].some((s) => s.closedAt >= 0 && s.heldAtClose > 0);
  const unbound = [...ledger.bound.values()].some((b) => b.unboundAt >= 0);
  return !closing && !unbound;
}
