// sweep - Manual mode: the kernel drops a binding's leftover references at unbind, and so all tokens of its sockets.

import { plural } from "../../base/format.ts";
import { moved } from "../changes.ts";
import { doubt } from "../evidence/doubts.ts";
import { doubtfulLeaks } from "../let-go.ts";
import { outstanding, recount } from "../sockets/socket.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Binding, Socket } from "../state/socket-and-binding.ts";
import { attribute, sharers } from "../tokens/handovers.ts";
import { pages } from "./pages.ts";

/** The unbind began: what is issued from here to its end may be swept or not. */
export function unbinding(ledger: Ledger, binding: Binding): void {
  attribute(ledger, binding, true);
  for (const socket of sharers(ledger, binding)) socket.exchange.issuedAtUnbind = socket.issued;
}

/**
 * The unbind is over (or the binding was freed, `freed`, which cannot be while a page is held): all tokens in manual mode
 * are gone but those issued since. What was issued after the unbind and is gone at the free was returned: the sums with
 * that return come up to half a second later.
 */
export function sweep(ledger: Ledger, binding: Binding, t: number, freed: boolean): void {
  attribute(ledger, binding, true);
  if (freed && binding.unboundAt < 0 && binding.sweptAt < 0) forsakeUnseen(binding);
  else sweepSockets(ledger, binding, t, freed);
  binding.orphans = freed ? [] : binding.orphans.filter((socket) => outstanding(socket) > 0);
  binding.held.clear();
}

/** Whether an unbind that was not seen swept them, or they were returned: see freedDoubt in verdict/manual-verdict.ts. */
function forsakeUnseen({ forsaken }: Binding): void {
  forsaken.returned += forsaken.tokens;
}

function sweepSockets(ledger: Ledger, binding: Binding, t: number, freed: boolean): void {
  if (binding.sweptAt < 0) boundByPages(ledger, binding);
  for (const socket of sharers(ledger, binding)) {
    const tokens = sweptOf(socket, binding, freed);
    if (tokens === 0) continue;
    socket.swept += tokens;
    socket.sweptAt = binding.sweptAt >= 0 ? binding.sweptAt : t;
    recount(socket);
    moved(ledger.changes, socket);
  }
  sweepForsaken(binding);
  if (binding.sweptAt < 0) binding.sweptAt = t;
}

/** And what sockets had left that were let go: from here on nothing can come back, so a leak without a doubt is sure. */
function sweepForsaken(binding: Binding): void {
  binding.outstanding -= binding.forsaken.tokens;
  binding.forsaken.tokens = 0;
  if (doubtfulLeaks(binding) === 0) binding.forsaken.sockets = 0;
}

/**
 * More than the kernel's own counters had on all its pages when the unbind began, its sockets cannot have held; and somebody
 * held what they had.
 */
function boundByPages(ledger: Ledger, binding: Binding): void {
  const { atUnbind } = binding;
  if (!atUnbind) return;
  const known = sharers(ledger, binding);
  if (
    atUnbind.tokens > binding.forsaken.tokens &&
    known.every((socket) => socket.closedAt >= 0 && outstanding(socket) <= 0)
  )
    doubt(
      binding,
      `its pages held ${plural(atUnbind.tokens, "token")} at unbind, and no socket is known to have held any`,
    );
  if (atUnbind.walked < pages(binding)) return;
  const holding = known.filter((socket) => outstanding(socket) > 0);
  const counted = holding.reduce((sum, socket) => sum + outstanding(socket), binding.forsaken.tokens);
  if (counted <= atUnbind.tokens) return;
  const sentence = `${counted} tokens counted on its binding at unbind, but its pages held ${atUnbind.tokens}`;
  for (const socket of holding) doubt(socket, sentence);
}

/** Of what a socket holds, what goes now. */
function sweptOf(socket: Socket, binding: Binding, freed: boolean): number {
  const { exchange } = socket;
  const held = Math.max(0, outstanding(socket));
  const first = binding.sweptAt < 0;
  if (first && exchange.issuedAtUnbind >= 0) exchange.unsure = socket.issued - exchange.issuedAtUnbind;
  const tokens = first ? held : freed ? Math.min(held, exchange.unsure) : 0;
  if (freed) exchange.unsure = 0;
  return tokens;
}
