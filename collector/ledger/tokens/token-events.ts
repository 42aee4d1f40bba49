// token-events - Level tokens: each token on its way into the ledger, also one that comes before the line of its socket.

import { remember } from "../../base/bounded-map.ts";
import type { ProbeEvent } from "../../events/event.ts";
import { measureIssue, measureReturn } from "../profile/profile-events.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { bookOf } from "./books.ts";

/** More sockets than this are never waiting: the first lines of the oldest are lost, and will not come. */
const MAX_EARLY = 1024;

/** A batch has at most MAX_SKB_FRAGS tokens; of a socket that is never introduced the newest stay. */
const MOST_WAITING = 256;

/** Whether it is known what a token of this socket is: in mode xarray always, else once its first line came, since a gap anew. */
export function isIntroduced({ mode, shares, coverage }: Socket): boolean {
  if (mode === "manual" && coverage.throughGap) return false;
  return mode === "xarray" || shares.length > 0;
}

/** One token was handed out. */
export function onIssue(ledger: Ledger, event: ProbeEvent<"issue">): void {
  const socket = ledger.current.get(event.sk);
  const stack = callerOf(ledger, event);
  if (socket) ledger.changes.socket = socket;
  if (socket && isIntroduced(socket)) issue(ledger, socket, event, stack);
  else wait(ledger, event, stack);
}

/** A range of tokens was named in a return. */
export function onReturn(ledger: Ledger, event: ProbeEvent<"return">): void {
  const socket = ledger.current.get(event.sk);
  if (!socket) return;
  const { changes } = ledger;
  changes.socket = socket;
  bookOf(socket).giveBack(socket, event, changes);
  measureReturn(socket.profile, event, changes);
}

/** A thread calls recvmsg by another stack from here on. */
export function onCaller({ callers }: Ledger, { tid, stack }: ProbeEvent<"caller">): void {
  remember(callers, tid, stack);
}

/** By which stack the thread of this token calls recvmsg now; empty: not known. */
function callerOf({ callers }: Ledger, { tid }: { tid: number }): string {
  return callers.get(tid) ?? "";
}

function issue(ledger: Ledger, socket: Socket, event: ProbeEvent<"issue">, stack: string): void {
  measureIssue(socket.profile, event);
  bookOf(socket).issue(socket, event, stack, ledger.changes);
}

/** Keeps a token until its socket is introduced. */
function wait({ early }: Ledger, event: ProbeEvent<"issue">, stack: string): void {
  const [oldest] = early.size >= MAX_EARLY ? early.keys() : [];
  if (oldest !== undefined && !early.has(event.sk)) early.delete(oldest);
  const waiting = early.get(event.sk);
  if (!waiting) early.set(event.sk, [{ event, stack }]);
  else if (waiting.push({ event, stack }) > MOST_WAITING) waiting.shift();
}

/** The socket is introduced: the tokens that waited for it are its own. */
export function catchUp(ledger: Ledger, socket: Socket): void {
  for (const { event, stack } of ledger.early.get(socket.sk) ?? []) issue(ledger, socket, event, stack);
  ledger.early.delete(socket.sk);
}
