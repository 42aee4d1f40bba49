// follow - Feeds a stream to a ledger and to whoever looks on; knows when a traced command's tokens have settled.

import type { Event } from "./event.ts";
import { apply, type Ledger, newLedger } from "./ledger.ts";
import type { LiveStream } from "./live.ts";
import { batchesOf, type Stream } from "./recording.ts";
import { FREE_GRACE_NS } from "./verdict.ts";

/** Called after each event was applied. A sink that must wait (a slow file) returns a promise. */
export type Sink = (event: Event, ledger: Ledger) => void | Promise<void>;

/** Reads the stream to its end and returns the final ledger. */
export async function follow(stream: Stream, ...sinks: Sink[]): Promise<Ledger> {
  const ledger = newLedger(stream.header);
  for await (const events of batchesOf(stream))
    for (const event of events) {
      apply(ledger, event);
      for (const sink of sinks) {
        const done = sink(event, ledger);
        if (done) await done;
      }
    }
  return ledger;
}

/** How long after a command's end its sockets and bindings may take to go. A socket in FIN_WAIT may take longer. */
const SETTLE_NS = FREE_GRACE_NS + 2e9;

/** Stops a live stream once the command ended (`endedAt`, ns since t0, null before) and nothing more is to come. */
export function stopWhenSettled(stream: LiveStream, endedAt: () => number | null): Sink {
  return (event, ledger) => {
    const ended = endedAt();
    if (ended === null || event.t < ended) return;
    if (isSettled(ledger) || event.t > ended + SETTLE_NS) stream.stop();
  };
}

/** No closed socket still holds tokens, no unbound dma-buf waits to be freed. */
export function isSettled(ledger: Ledger): boolean {
  const closing = [...ledger.current.values()].some((s) => s.closedAt >= 0 && s.heldAtClose > 0);
  const unbound = [...ledger.bound.values()].some((b) => b.unboundAt >= 0);
  return !closing && !unbound;
}
