// oldest - The token that a socket has held longest, and the tokens whose age is unknown.

import { unaged } from "../ledger/profile/holds.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import type { Token } from "../ledger/state/token.ts";
import { bookOf } from "../ledger/tokens/books.ts";

/** The token it has held longest; undefined where the level does not show it or nothing is held. */
export function oldestToken(socket: Socket): Token | undefined {
  return bookOf(socket).oldestOf(socket);
}

/** When the oldest token a socket holds was issued, ns since t0; null where it holds none or the level does not show it. */
export function oldestOf(socket: Socket): number | null {
  if (socket.closedAt >= 0 && outstanding(socket) <= 0) return null;
  if (socket.holds) return socket.holds.oldest < 0 ? null : socket.holds.oldest;
  return oldestToken(socket)?.issuedAt ?? null;
}

/** Levels holds and profile: tokens that a socket holds now and whose birth is unknown. */
export function unagedOf(socket: Socket): number {
  return socket.holds ? unaged(socket.holds, outstanding(socket)) : 0;
}
