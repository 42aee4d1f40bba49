// xarray-book - Tokens in the socket's own xarray: every mainline kernel, and SO_DEVMEM_AUTORELEASE set to 1.

import type { ProbeEvent } from "../../events/event.ts";
import { gone, issued } from "../changes.ts";
import { outstanding, recount } from "../sockets/socket.ts";
import type { Changes, Ledger } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import type { Token } from "../state/token.ts";
import { addStray, lookedAt } from "./numbers.ts";
import type { TokenBook } from "./token-book.ts";

export const xarrayBook: TokenBook = {
  isPrivate: true,
  isComparedAtClose: () => true,
  expected: outstanding,
  hasAtClose: ({ xa }) => xa === 1,
  issue,
  giveBack,
  tokensOf: ({ tokens }) => (tokens.size === 0 ? [] : [...tokens.values()]),
  oldestOf: ({ tokens }) => tokens.values().next().value,
  settle,
  destroyed,
};

/**
 * The return line of a token comes when its call ends, so another thread may be issued the freed number before that: the
 * number is then still held here, and one return to come belongs to the earlier holder.
 */
function issue(socket: Socket, event: ProbeEvent<"issue">, stack: string, changes: Changes): void {
  const { tokens } = socket;
  const earlier = tokens.get(event.token);
  if (earlier) gone(changes, earlier, socket);
  tokens.delete(event.token); // So that the first in the map is always the oldest.
  const token = newToken(event, stack, earlier ? earlier.returnsDue + 1 : 0);
  tokens.set(event.token, token);
  issued(changes, token);
}

function newToken(event: ProbeEvent<"issue">, stack: string, returnsDue: number): Token {
  const { token, t, dmabuf, offset, size, tid } = event;
  return { token, issuedAt: t, dmabufId: dmabuf, offset, size, tid, stack, returnsDue };
}

/**
 * The kernel skips numbers the socket does not hold without an error, whether they were returned before, belong to
 * another socket or never were.
 */
function giveBack(socket: Socket, event: ProbeEvent<"return">, changes: Changes): void {
  const { tokens } = socket;
  const end = event.first + lookedAt(event);
  for (let number = event.first; number < end; number++) {
    const token = tokens.get(number);
    if (!token) addStray(socket, number, event.tid);
    else if (token.returnsDue > 0) token.returnsDue -= 1;
    else {
      tokens.delete(number);
      gone(changes, token, socket);
    }
  }
}

/** Tokens of other sockets cannot be returned through this one: what was announced before its mode was known is void. */
function settle(_: Ledger, { exchange }: Socket): void {
  if (exchange.announced.length > 0) exchange.announced = [];
}

/** The kernel dropped what the xarray still held (tcp_v4_destroy_sock). */
function destroyed(socket: Socket): void {
  socket.reclaimed = Math.max(0, outstanding(socket));
  recount(socket);
}
