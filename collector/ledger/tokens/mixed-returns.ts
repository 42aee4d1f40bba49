// mixed-returns - Manual mode: calls that returned a socket's own tokens and others' at once, by counts that cannot tell which.
//
// The kernel only counts. A socket that has 5 and returns 8 may have returned its own 5 and 3 of others', or 8 of others'.
// The sums take the first for true. Until all that is out has come back, it may be the second.

import type { ProbeEvent } from "../../events/event.ts";
import { sharedBinding } from "../sockets/socket.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Binding, Socket } from "../state/socket-and-binding.ts";

/** Level tokens goes by pages instead. */
export function addMixed({ changes, header }: Ledger, { own, t }: ProbeEvent<"mixed">): void {
  const { socket } = changes;
  const binding = socket && sharedBinding(socket);
  if (!binding || header.level === "tokens") return;
  const { mixed, forsaken } = binding;
  mixed.by = mixed.tokens === 0 || mixed.by === socket ? socket : null;
  mixed.tokens += own;
  mixed.t = t;
  socket.exchange.mixed = { tokens: mixedOf(socket) + own, round: mixed.round };
  if (forsaken.sockets > 0) forsaken.returned += own;
}

/** The probes print what moved twice a second: after this long the ledger knows who held what when a return was made. */
export const PRINTED_NS = 1e9;

/**
 * `all`: every socket's sums are up to date now. Unless every socket of the binding is known, what is out is not; and what an
 * unbind swept was out until then.
 */
export function boundMixed(ledger: Ledger, binding: Binding, all: boolean): void {
  const { mixed, outstanding, boundAt, unboundAt } = binding;
  if (boundAt < 0 || unboundAt >= 0 || ledger.lostAt >= 0) return;
  if (!all && ledger.now - mixed.t < PRINTED_NS) return;
  mixed.tokens = Math.min(mixed.tokens, Math.max(0, outstanding));
  if (mixed.tokens > 0) return;
  mixed.round += 1;
  mixed.by = null;
}

/** Of its own tokens, the most that may still be out although they are taken for returned. */
export function mixedOf(socket: Socket): number {
  const { tokens, round } = socket.exchange.mixed;
  const mixed = sharedBinding(socket)?.mixed;
  return mixed?.round === round ? Math.min(tokens, mixed.tokens) : 0;
}

/** Of the tokens counted on it, the most that may be others'. */
export function mixedByOthers(socket: Socket): number {
  const mixed = sharedBinding(socket)?.mixed;
  return mixed && mixed.by !== socket ? mixed.tokens : 0;
}
