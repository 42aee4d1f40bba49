// handovers - Manual mode: tokens returned through another socket of the binding than the one they were issued to.
//
// The kernel counts a return for the socket it is made through (sk_devmem_info.outstanding_urefs), whichever socket was
// issued the token. While a socket has returned no more than it was issued, its returns are taken for its own; any excess
// belonged to another socket.

import type { ProbeEvent } from "../../events/event.ts";
import { moved } from "../changes.ts";
import { outstanding, sharedBinding } from "../sockets/socket.ts";
import { addReturns } from "../sockets/sums.ts";
import type { Changes, Ledger } from "../state/ledger.ts";
import type { Binding, Handover, Socket } from "../state/socket-and-binding.ts";
import { boundMixed, PRINTED_NS } from "./mixed-returns.ts";

/** Every socket in manual mode that ever received from `binding`. */
export function sharers(ledger: Ledger, binding: Binding): Socket[] {
  return ledger.sockets.filter((socket) => sharedBinding(socket) === binding);
}

/** The kernel reported tokens returned beyond the socket's own; they are in its sums, if it has any, from the next line on. */
export function announce(ledger: Ledger, { tokens, t }: ProbeEvent<"foreign">): void {
  const announced = ledger.changes.socket?.exchange.announced;
  if (!announced) return byStranger(ledger, tokens, t);
  announced.push({ tokens, t });
  fold(announced);
}

/** No line has introduced the socket, so these may have been tokens of any binding, also of sockets that were let go. */
function byStranger({ strangers, bindings }: Ledger, tokens: number, t: number): void {
  strangers.tokens += tokens;
  strangers.lastAt = t;
  for (const { forsaken } of bindings) if (forsaken.sockets > 0) forsaken.returned += tokens;
}

/** Returns through other sockets that are listed one by one. */
const MOST_LISTED = 256;

/** In a longer list the two oldest count as one, made when the later of them was: then more sockets may have owned it. */
function fold(list: { tokens: number }[]): void {
  if (list.length <= MOST_LISTED) return;
  const oldest = list.shift();
  if (list[0] && oldest) list[0].tokens += oldest.tokens;
}

/** After a socket's sums moved: what it returned beyond its own is set aside until its owner is known. */
export function setAside(ledger: Ledger, socket: Socket, t: number): void {
  const { exchange } = socket;
  const binding = sharedBinding(socket);
  if (binding && ledger.header.level === "tokens") countUnnamed(socket, binding);
  if (exchange.announced.length === 0 && outstanding(socket) >= 0) return;
  const excess = excessOf(socket, t);
  exchange.announced = [];
  if (!binding || excess.length === 0) return;
  for (const { tokens } of excess) exchange.beyond += tokens;
  if (ledger.header.level === "tokens") return;
  for (const { tokens, t: at } of excess) {
    exchange.forOthers += tokens;
    binding.unattributed.push({ through: socket, tokens, t: at });
    fold(binding.unattributed);
  }
  addReturns(socket);
}

/** Level tokens: what was freed through the socket and was no known page may have been any socket's from before the trace. */
function countUnnamed({ exchange, sums }: Socket, binding: Binding): void {
  const unnamed = Math.max(0, sums.through - exchange.named);
  binding.unnamed += unnamed - exchange.unnamed;
  exchange.unnamed = unnamed;
}

/** What was announced, and what was not but is in the sums. */
function excessOf(socket: Socket, t: number): { tokens: number; t: number }[] {
  const { announced } = socket.exchange;
  const tokens = -outstanding(socket) - announced.reduce((sum, one) => sum + one.tokens, 0);
  return tokens > 0 ? [...announced, { tokens, t }] : announced;
}

/**
 * Finds the owners of the tokens that came back through another socket, where the counts allow only one answer. `all`:
 * every socket's sums are up to date now, else those of a second ago are.
 */
export function attribute(ledger: Ledger, binding: Binding, all: boolean): void {
  if (ledger.lostAt >= 0 || binding.boundAt < 0) return;
  const isTried = ({ t }: Handover) => all || ledger.now - t >= PRINTED_NS;
  if (!binding.unattributed.some(isTried)) return;
  const holding = sharers(ledger, binding).filter((s) => outstanding(s) > 0);
  binding.unattributed = binding.unattributed.filter((handover) => {
    if (isTried(handover)) giveToOwners(ledger, binding, handover, holding);
    return handover.tokens > 0;
  });
}

/** On every tick, and at the end of the trace. */
export function attributeAll(ledger: Ledger, all: boolean): void {
  for (const binding of ledger.bindings) {
    if (binding.unattributed.length > 0) attribute(ledger, binding, all);
    if (binding.mixed.tokens > 0) boundMixed(ledger, binding, all);
  }
}

/** Of a socket that was let go nothing is known but that its tokens may come back as well: then there is no one answer. */
function giveToOwners(ledger: Ledger, { forsaken }: Binding, handover: Handover, holding: Socket[]): void {
  const owners = holding.filter((s) => outstanding(s) > 0 && mayHaveHeld(s, handover.t));
  const held = owners.reduce((sum, s) => sum + outstanding(s), 0);
  if (forsaken.tokens > 0 || (owners.length > 1 && handover.tokens < held)) return;
  for (const owner of owners) {
    const tokens = Math.min(handover.tokens, outstanding(owner));
    handover.tokens -= tokens;
    handOver(owner, handover.through, tokens, handover.t, ledger.changes);
  }
}

/** Whether it may have held tokens at `t`. What it held before the trace was issued before its first line. */
export function mayHaveHeld({ born, before }: Socket, t: number): boolean {
  return born <= t || before > 0;
}

/** Level tokens: a token of `owner` came back through another socket. */
export function passOn(owner: Socket, through: Socket, t: number, changes: Changes): void {
  through.exchange.forOthers += 1;
  addReturns(through);
  handOver(owner, through, 1, t, changes);
}

/** Tokens of `owner` came back through another socket. If that was before its close, they were not held at close. */
function handOver(owner: Socket, through: Socket, tokens: number, t: number, changes: Changes): void {
  const { elsewhere } = owner.exchange;
  const isLate = isAfterClose(owner, t);
  const isAlike = (h: Handover) => isAfterClose(owner, h.t) === isLate;
  const known =
    elsewhere.find((h) => h.through === through && isAlike(h)) ??
    (elsewhere.length < MOST_NAMED ? undefined : elsewhere.findLast(isAlike));
  if (known) {
    known.tokens += tokens;
    known.t = t;
  } else elsewhere.push({ through, tokens, t });
  addReturns(owner);
  if (owner.forsaken) comeBack(owner, tokens);
  if (owner.closedAt >= 0 && !isLate) owner.heldAtClose -= tokens;
  moved(changes, owner);
}

/** Other sockets that an owner's returns are listed by; the returns through further ones count for the last of these. */
const MOST_NAMED = 64;

/** Level tokens: a token of a socket that was let go. */
function comeBack(owner: Socket, tokens: number): void {
  const forsaken = sharedBinding(owner)?.forsaken;
  if (!forsaken) return;
  forsaken.tokens -= tokens;
  forsaken.returned += tokens;
}

function isAfterClose({ closedAt }: Socket, t: number): boolean {
  return closedAt >= 0 && t > closedAt;
}
