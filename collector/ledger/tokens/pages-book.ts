// pages-book - Manual mode: tokens are pages of the binding, which its sockets share. A page may be held often.
//
// The kernel counts a return for the socket it is made through (sk_devmem_info.outstanding_urefs), whichever socket was
// issued the token: see handovers.ts.

import { countsTokens, type ProbeEvent } from "../../events/event.ts";
import { gone, issued } from "../changes.ts";
import { outstanding, sharedBinding } from "../sockets/socket.ts";
import type { Changes } from "../state/ledger.ts";
import type { PageToken, PageTokens, Socket } from "../state/socket-and-binding.ts";
import type { Token } from "../state/token.ts";
import { passOn, setAside } from "./handovers.ts";
import { addStray, lookedAt } from "./numbers.ts";
import type { TokenBook } from "./token-book.ts";

export const pagesBook: TokenBook = {
  isPrivate: false,
  // Where tokens are counted, the kernel's number is in the pinned line of the close: see agreeWithUrefs.
  isComparedAtClose: (level) => !countsTokens(level),
  expected,
  hasAtClose: () => null,
  issue,
  giveBack,
  tokensOf: (socket) => holdsOf(socket).map(({ socket: _, ...token }) => token),
  oldestOf,
  settle: setAside,
  destroyed,
};

/** What sk_devmem_info.outstanding_urefs should be: a return counts for the socket it was made through, down to 0. */
export function urefsOf({ issued, sums, exchange }: Socket): number {
  return issued - (sums.through - exchange.beyond);
}

/** v6 itself goes below 0 for what a socket returned for others; the patch of the testbed's kernel does not. */
function expected(socket: Socket, kernel: number): number {
  const counted = urefsOf(socket);
  return counted - socket.exchange.beyond === kernel ? kernel : counted;
}

function issue(socket: Socket, event: ProbeEvent<"issue">, stack: string, changes: Changes): void {
  const held = sharedBinding(socket)?.held;
  if (!held) return;
  const { token, t, dmabuf, offset, size, tid } = event;
  const hold = { token, issuedAt: t, dmabufId: dmabuf, offset, size, tid, stack, returnsDue: 0, socket };
  const holds = held.get(token);
  if (holds) holds.push(hold);
  else held.set(token, [hold]);
  issued(changes, hold);
}

function giveBack(socket: Socket, event: ProbeEvent<"return">, changes: Changes): void {
  const held = sharedBinding(socket)?.held;
  const end = event.first + lookedAt(event);
  for (let page = event.first; page < end; page++) {
    const hold = held && take(held, socket, page);
    if (!hold) {
      addStray(socket, page, event.tid);
      continue;
    }
    socket.exchange.named += 1;
    gone(changes, hold, hold.socket);
    if (hold.socket !== socket) passOn(hold.socket, socket, event.t, changes);
  }
}

/** The kernel only counts, so of the holds of a page one of the socket's own goes first, else the oldest. */
function take(held: PageTokens, socket: Socket, page: number): PageToken | undefined {
  const holds = held.get(page);
  if (!holds) return undefined;
  const own = holds.findIndex((hold) => hold.socket === socket);
  const [hold] = holds.splice(Math.max(0, own), 1);
  if (holds.length === 0) held.delete(page);
  return hold;
}

function holdsOf(socket: Socket): PageToken[] {
  const pages = sharedBinding(socket)?.held.values() ?? [];
  return [...pages].flat().filter((hold) => hold.socket === socket);
}

function oldestOf(socket: Socket): Token | undefined {
  for (const holds of sharedBinding(socket)?.held.values() ?? []) {
    const own = holds.find((hold) => hold.socket === socket);
    if (own) return own;
  }
  return undefined;
}

/** There is no xarray to drop: what it held stays held, and other sockets may still return it. */
function destroyed(socket: Socket): void {
  if (outstanding(socket) > 0) sharedBinding(socket)?.orphans.push(socket);
}
