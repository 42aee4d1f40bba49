// closed - A socket is known to be closed: what it held then, and whether that is a leak.

import type { Changes } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { tokensOf } from "../tokens/books.ts";
import { outstanding } from "./socket.ts";

/** It was closed, at t or before. */
export function markClosed(socket: Socket, t: number, changes: Changes): void {
  socket.closedAt = t;
  socket.heldAtClose = Math.max(0, outstanding(socket));
  socket.leaked = tokensOf(socket);
  changes.entered = "closed";
}

/** Reports once in a socket's life that it closed while it held tokens. */
export function reportLeak(socket: Socket, changes: Changes): void {
  if (socket.leakReported || socket.closedAt < 0 || socket.heldAtClose <= 0) return;
  socket.leakReported = true;
  changes.leak = true;
}
