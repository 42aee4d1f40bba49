// follow - Applies a stream to a ledger, event by event, and calls whoever watches.

import type { Event } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import { applyBounded } from "../verdict/bounded-ledger.ts";
import { batchesOf, type Stream } from "./stream.ts";

/**
 * Called after each event was applied, with what it changed. A sink that has to wait, for a slow file for example, returns a
 * promise; the next event comes when it is done.
 */
export type Sink = (event: Event, ledger: Ledger, changes: Changes) => void | Promise<void>;

/**
 * Follows a stream that may go on for ever, to its end, and returns the final ledger: it keeps one by one what is open and
 * the newest of what is over, the rest in sums.
 */
export function follow(stream: Stream, ...sinks: Sink[]): Promise<Ledger> {
  return read(stream, applyBounded, sinks);
}

/** Reads a recording to its end and returns the final ledger, which has everything one by one. */
export function readWhole(stream: Stream, ...sinks: Sink[]): Promise<Ledger> {
  return read(stream, apply, sinks);
}

async function read(stream: Stream, step: typeof apply, sinks: readonly Sink[]): Promise<Ledger> {
  const ledger = newLedger(stream.header);
  for await (const events of batchesOf(stream))
    for (const event of events) {
      const changes = step(ledger, event);
      for (const sink of sinks) {
        const done = sink(event, ledger, changes);
        if (done) await done;
      }
    }
  return ledger;
}
