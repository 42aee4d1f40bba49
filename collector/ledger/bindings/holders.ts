// holders - Which sockets hold tokens of a binding, and how many.

import { heldOf } from "../sockets/socket.ts";
import type { Binding, Ledger, Socket } from "../state.ts";

/** Sockets that can still hold tokens of `binding`. */
export function holders(ledger: Ledger, binding: Binding): Socket[] {
  return [...ledger.current.values()].filter((socket) => heldOf(socket, binding) > 0);
}

/** Tokens of `binding` these sockets can hold now. */
export function heldBy(binding: Binding, sockets: Socket[]): number {
  return sockets.reduce((sum, socket) => sum + heldOf(socket, binding), 0);
}
