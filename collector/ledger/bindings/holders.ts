// holders - Which sockets hold tokens of a binding, and how many.

import { heldOf, heldOfShare, outstanding, sweptBefore } from "../sockets/socket.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Binding, Socket } from "../state/socket-and-binding.ts";

/** Sockets that can still hold tokens of `binding`. */
export function holders(ledger: Ledger, binding: Binding): Socket[] {
  return [...ledger.current.values()].filter((socket) => heldOf(socket, binding) > 0);
}

/** Tokens of `binding` these sockets can hold now. */
export function heldBy(binding: Binding, sockets: Socket[]): number {
  return sockets.reduce((sum, socket) => sum + heldOf(socket, binding), 0);
}

/** Tokens of `binding` these sockets hold at least: a socket of several bindings may hold all it has of the others. */
export function surelyHeldBy(binding: Binding, sockets: Socket[]): number {
  return sockets.reduce((sum, socket) => sum + surelyHeldOf(socket, binding), 0);
}

function surelyHeldOf(socket: Socket, binding: Binding): number {
  let elsewhere = sweptBefore(socket) + socket.sharedEarlier;
  for (const share of socket.shares) if (share.binding !== binding) elsewhere += heldOfShare(socket, share);
  return Math.max(0, Math.min(heldOf(socket, binding), outstanding(socket) - elsewhere));
}

/** Manual mode: tokens that came back through a socket that held none, while their owner is not known. */
export function unattributedOf({ unattributed }: Binding): number {
  return unattributed.reduce((sum, { tokens }) => sum + tokens, 0);
}
