// sums - Compares what a ledger computes in a quick way with the plain way.

import assert from "node:assert/strict";
import type { Event } from "../events/event.ts";
import { apply } from "../ledger/ledger.ts";
import { heldByBinding, heldOf } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";

/**
 * Applies the events. Throws if after one of them a binding's running sum is not the sum over its sockets, or if the two
 * ways to what a socket holds of each binding differ.
 */
export function applyAll(ledger: Ledger, events: readonly Event[]): Ledger {
  for (const event of events) {
    apply(ledger, event);
    const here = ledger.sockets.filter((s) => s.mode === "manual" || ledger.current.get(s.sk) === s);
    for (const binding of ledger.bindings)
      assert.equal(
        binding.outstanding,
        here.reduce((sum, s) => sum + heldOf(s, binding), 0),
        `after ${JSON.stringify(event)}`,
      );
    for (const socket of here)
      for (const [binding, held] of heldByBinding(socket)) assert.equal(held, heldOf(socket, binding));
  }
  return ledger;
}
