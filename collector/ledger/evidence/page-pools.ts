// page-pools - The kernel's count of pages out of a binding's page pools: its sockets cannot hold more.

import { plural } from "../../base/format.ts";
import type { TracerEvent } from "../../events/event.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Binding } from "../state/socket-and-binding.ts";
import { doubt } from "./doubts.ts";

/**
 * Pages out of a binding's page pools: what its sockets held then cannot be more. What they held is certain only of those
 * that have returned nothing from the reading before to the one after, so the answer is proven by the round that follows.
 */
export function onInflight(ledger: Ledger, { dmabuf, pages }: TracerEvent<"inflight">): void {
  const binding = ledger.bindings.findLast((b) => b.dmabufId === dmabuf && b.freedAt < 0);
  if (!binding) return;
  ledger.changes.binding = binding;
  prove(ledger, binding);
  binding.inflight = pages;
  binding.heldAtInflight = binding.outstanding;
  binding.issuedSinceInflight = 0;
  binding.wasHeld = [...ledger.current.values()].flatMap((socket) => {
    const reading = socket.kernel.lastReading;
    return reading && socket.shares[0]?.binding === binding ? [{ socket, reading }] : [];
  });
}

function prove({ checks, changes }: Ledger, binding: Binding): void {
  const same = binding.wasHeld.filter(
    ({ socket, reading }) => socket.kernel.lastReading?.returned === reading.returned,
  );
  const most = Math.max(0, ...same.map(({ reading }) => reading.pages));
  if (binding.inflight === null || most <= binding.inflight) return;
  const sentence = `a socket held at least ${plural(most, "page")}, but only ${binding.inflight} were out of the page pool`;
  checks.differences += 1;
  changes.difference = sentence;
  doubt(binding, sentence);
}
