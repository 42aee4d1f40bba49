// follow - Applies a stream to a ledger, event by event, and calls whoever watches.

import type { Event } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state.ts";
import { batchesOf, type Stream } from "./stream.ts";

/** Called after each event was applied. A sink that has to wait, for a slow file for example, returns a promise. */
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
