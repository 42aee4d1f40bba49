// manual-mode - Sockets in manual mode share the tokens of their binding: returned through another socket, left at destroy, swept.
//
// The kernel counts a return for the socket it is made through (sk_devmem_info.outstanding_urefs), whichever socket was
// issued the token. While a socket has returned no more than it was issued, its returns are taken for its own; what goes
// beyond that was somebody else's.

import type { ProbeEvent } from "../events/event.ts";
import { pageIssued, pageReturned } from "./page-tokens.ts";
import { addReturns, addStrays, bindingOf, outstanding, rebase, recount } from "./socket-events.ts";
import type { Binding, Handover, Ledger, Socket } from "./state.ts";
import { numbersOf } from "./tokens.ts";

/** Every socket in manual mode that ever received from `binding`. */
export function sharers(ledger: Ledger, binding: Binding): Socket[] {
  return ledger.sockets.filter((socket) => bindingOf(socket) === binding);
}

/** The kernel told of tokens returned beyond the socket's own; they are in its totals from the next line on. */
export function announce(socket: Socket, { tokens, t }: ProbeEvent<"foreign">): void {
  socket.announced.push({ tokens, t });
}

/** After a socket's totals moved: what it returned beyond its own is set aside until it is known whose it was. */
export function setAside(ledger: Ledger, socket: Socket, t: number): void {
  const binding = bindingOf(socket);
  if (socket.announced.length === 0 && outstanding(socket) >= 0) return;
  const told = socket.announced;
  const untold = -outstanding(socket) - told.reduce((sum, { tokens }) => sum + tokens, 0);
  const excess = untold > 0 ? [...told, { tokens: untold, t }] : told;
  socket.announced = [];
  if (!binding || excess.length === 0 || ledger.header.level === "tokens") return;
  for (const one of excess) {
    socket.forOthers += one.tokens;
    binding.unattributed.push({ through: socket, ...one });
  }
  addReturns(socket);
}

/** The probes tell what moved twice a second: after this long the ledger knows who held what when a return was made. */
const TOLD_NS = 1e9;

/**
 * Finds out whose the tokens were that came back through another socket, where the counts allow only one answer. `all`:
 * every socket's totals are up to date now, else those of a second ago are.
 */
export function attribute(ledger: Ledger, binding: Binding, all: boolean): void {
  if (ledger.lostAt >= 0 || binding.boundAt < 0) return;
  binding.unattributed = binding.unattributed.filter((handover) => {
    if (!all && ledger.now - handover.t < TOLD_NS) return true;
    giveBack(ledger, binding, handover);
    return handover.tokens > 0;
  });
}

function giveBack(ledger: Ledger, binding: Binding, handover: Handover): void {
  const owners = sharers(ledger, binding).filter((s) => outstanding(s) > 0 && s.born <= handover.t);
  const held = owners.reduce((sum, s) => sum + outstanding(s), 0);
  if (owners.length > 1 && handover.tokens < held) return;
  for (const owner of owners) {
    const tokens = Math.min(handover.tokens, outstanding(owner));
    handover.tokens -= tokens;
    handOver(owner, { ...handover, tokens });
  }
}

/** `socket`'s tokens came back through another socket. Before its close, they were not held at close. */
function handOver(socket: Socket, { through, tokens, t }: Handover): void {
  const known = socket.elsewhere.find(
    (h) => h.through === through && isAfterClose(socket, h.t) === isAfterClose(socket, t),
  );
  if (known) Object.assign(known, { tokens: known.tokens + tokens, t });
  else socket.elsewhere.push({ through, tokens, t });
  addReturns(socket);
  if (socket.closedAt >= 0 && !isAfterClose(socket, t)) socket.heldAtClose -= tokens;
}

function isAfterClose(socket: Socket, t: number): boolean {
  return socket.closedAt >= 0 && t > socket.closedAt;
}

/** Level tokens: a page issued to a socket of `binding`, or a range of pages returned through one. */
export function page(
  binding: Binding,
  socket: Socket,
  event: ProbeEvent<"issue" | "return">,
  stack: string,
): void {
  if (event.kind === "issue") return pageIssued(binding.held, socket, event, stack);
  for (const number of numbersOf(event)) {
    const gone = pageReturned(binding.held, socket, number);
    if (!gone) addStrays(socket, [number]);
    else if (gone.socket !== socket) passOn(gone.socket, socket, event.t);
  }
}

function passOn(owner: Socket, through: Socket, t: number): void {
  through.forOthers += 1;
  addReturns(through);
  handOver(owner, { through, tokens: 1, t });
}

/** The unbind began: what is issued from here to its end may be swept or not. */
export function unbinding(ledger: Ledger, binding: Binding): void {
  attribute(ledger, binding, true);
  for (const socket of sharers(ledger, binding)) socket.issuedAtUnbind = socket.issued;
}

/**
 * The unbind is over (or the binding was freed, `freed`, which cannot be while a page is held): all tokens in manual mode
 * are gone but those issued since. What was issued after the unbind and is gone at the free was returned: the totals that
 * say so come up to half a second later.
 */
export function sweep(ledger: Ledger, binding: Binding, t: number, freed: boolean): void {
  attribute(ledger, binding, true);
  for (const socket of sharers(ledger, binding)) {
    const held = Math.max(0, outstanding(socket));
    if (binding.sweptAt < 0 && socket.issuedAtUnbind >= 0)
      socket.unsure = socket.issued - socket.issuedAtUnbind;
    const gone = binding.sweptAt < 0 ? held : freed ? Math.min(held, socket.unsure) : 0;
    if (freed) socket.unsure = 0;
    if (gone === 0) continue;
    socket.swept += gone;
    socket.sweptAt = binding.sweptAt >= 0 ? binding.sweptAt : t;
    recount(socket);
  }
  if (binding.sweptAt < 0) binding.sweptAt = t;
  binding.orphans = binding.orphans.filter((socket) => outstanding(socket) > 0);
  binding.held.clear();
}

/** What the kernel's own counters said at a close, a destroy or an unbind. */
export function pinned(binding: Binding, socket: Socket | undefined, event: ProbeEvent<"pinned">): void {
  const { tokens, pages, walked } = event;
  if (event.at === "net_devmem_unbind_dmabuf") binding.atUnbind = { tokens, pages, walked };
  else if (event.at === "tcp_v4_destroy_sock" && socket) socket.atDestroy = { tokens, pages, walked };
  else if (socket) Object.assign(socket, { atClose: { tokens, pages, walked }, urefsAtClose: event.urefs });
}

/**
 * A socket met late may have returned tokens before its first line that no line counts: at close, when nothing moves any
 * more, the kernel's counter tells what it was issued in all.
 */
export function reconcile(socket: Socket): void {
  const off = (socket.urefsAtClose ?? 0) - kernelCount(socket);
  if (socket.urefsAtClose === null || socket.closedAt < 0 || socket.before <= 0 || off === 0) return;
  rebase(socket, off, socket.closedAt);
  socket.heldAtClose += off;
}

/** What sk_devmem_info.outstanding_urefs should be: a return counts for the socket it was made through, down to 0. */
export function kernelCount(socket: Socket): number {
  return socket.issued - (socket.through - socket.forOthers);
}
