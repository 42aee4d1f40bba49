// token-events - Level tokens: each token on its way into the ledger, also one that comes before the line of its socket.

import { remember } from "../base/bounded-map.ts";
import type { ProbeEvent } from "../events/event.ts";
import { page } from "./manual-mode.ts";
import { measure } from "./profile-events.ts";
import { bindingOf, token } from "./socket-events.ts";
import type { Ledger, Socket } from "./state.ts";

/** Whether it is known what a token of this socket is. */
export function isTold(socket: Socket | undefined): boolean {
  return socket !== undefined && (socket.mode === "xarray" || socket.shares.length > 0);
}

/** Of more sockets than this the first line is lost, and will not come. */
const MAX_EARLY = 1024;

/** A thread receives by another way from here on. */
export function calledBy({ callers }: Ledger, { tid, stack }: ProbeEvent<"caller">): void {
  remember(callers, tid, stack);
}

/** By which stack the thread of this token calls recvmsg now; empty: not known. */
export function callerOf({ callers }: Ledger, { tid }: { tid: number }): string {
  return callers.get(tid) ?? "";
}

/** Keeps a token until its socket is introduced. */
export function early(ledger: Ledger, event: ProbeEvent<"issue">): void {
  const [oldest] = ledger.early.size >= MAX_EARLY ? ledger.early.keys() : [];
  if (oldest !== undefined && !ledger.early.has(event.sk)) ledger.early.delete(oldest);
  const token = { event, stack: callerOf(ledger, event) };
  const waiting = ledger.early.get(event.sk);
  if (waiting) waiting.push(token);
  else ledger.early.set(event.sk, [token]);
}

/** The cmsgs of a batch come before the line that introduces its socket. */
export function catchUp(ledger: Ledger, socket: Socket): void {
  for (const { event, stack } of ledger.early.get(socket.sk) ?? []) oneToken(ledger, socket, event, stack);
  ledger.early.delete(socket.sk);
}

/** One token handed out, or a range of them named in a return. */
export function oneToken(
  ledger: Ledger,
  socket: Socket,
  event: ProbeEvent<"issue" | "return">,
  stack = callerOf(ledger, event),
): void {
  measure(socket.profile, ledger, event);
  const binding = bindingOf(socket);
  if (binding) page(binding, socket, event, stack);
  else token(socket, event, stack);
}
