// page-tokens - Manual mode, level `tokens`: what each page of a binding is held for. A token there is a page, and may be held often.

import type { ProbeEvent } from "../events/event.ts";
import type { PageToken, PageTokens, Socket } from "./state.ts";

/** A page handed out by recvmsg to `socket`, once more. */
export function pageIssued(
  held: PageTokens,
  socket: Socket,
  event: ProbeEvent<"issue">,
  stack: string,
): void {
  const { token, t, dmabuf, offset, size, tid } = event;
  const hold = { token, issuedAt: t, dmabufId: dmabuf, offset, size, tid, stack, returnsDue: 0, socket };
  const holds = held.get(token);
  if (holds) holds.push(hold);
  else held.set(token, [hold]);
}

/**
 * A page given back through `socket`: the kernel only counts, so a hold of the socket's own goes first, else the oldest.
 * Returns the hold that went; null when nobody held the page.
 */
export function pageReturned(held: PageTokens, socket: Socket, page: number): PageToken | null {
  const holds = held.get(page);
  if (!holds) return null;
  const own = holds.findIndex((hold) => hold.socket === socket);
  const [gone] = holds.splice(Math.max(0, own), 1);
  if (holds.length === 0) held.delete(page);
  return gone ?? null;
}

/** What `socket` holds, by page. */
export function holdsOf(held: PageTokens, socket: Socket): PageToken[] {
  return [...held.values()].flat().filter((hold) => hold.socket === socket);
}
