// settled - When a traced command's tokens and dma-bufs are gone, and so when its trace may end.

import type { Ledger } from "../ledger/state.ts";
import type { Sink } from "../recording/follow.ts";
import { FREE_GRACE_NS } from "../verdict/binding-verdict.ts";
import type { LiveStream } from "./live.ts";

/** How long after a command's end its sockets and bindings may take to go. A socket in FIN_WAIT may take longer. */
const SETTLE_NS = FREE_GRACE_NS + 2e9;

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
