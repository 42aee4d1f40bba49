// sums - Holds what a ledger keeps running against what it can be counted from.

import assert from "node:assert/strict";
import type { Event } from "../events/event.ts";
import { apply } from "../ledger/ledger.ts";
import { heldOf } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state.ts";

/** Applies the events; after each one every binding's running sum must be that of its sockets. */
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
  }
  return ledger;
}
