// sums - Compares the running sums of a ledger with what they sum up.

import assert from "node:assert/strict";
import type { Event } from "../events/event.ts";
import { apply } from "../ledger/ledger.ts";
import { heldOf } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";

/** Applies the events. Throws if after one of them a binding's running sum is not the sum over its sockets. */
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
