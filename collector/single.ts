// single - Level tokens: each token on its way into the ledger, also one that comes before the line of its socket.

import type { ProbeEvent } from "./event.ts";
import type { Ledger } from "./ledger.ts";
import { page } from "./manual.ts";
import { measure } from "./measure.ts";
import type { Socket } from "./socket.ts";
import { bindingOf, token } from "./sockets.ts";

/** Whether it is known what a token of this socket is. */
export function isTold(socket: Socket | undefined): boolean {
  return socket !== undefined && (socket.mode === "xarray" || socket.shares.length > 0);
}

/** Of more sockets than this the first line is lost, and will not come. */
const MAX_EARLY = 1024;

/** Keeps a token until its socket is introduced. */
export function early(ledger: Ledger, event: ProbeEvent<"issue">): void {
  const [oldest] = ledger.early.size >= MAX_EARLY ? ledger.early.keys() : [];
  if (oldest !== undefined && !ledger.early.has(event.sk)) ledger.early.delete(oldest);
  const waiting = ledger.early.get(event.sk);
  if (waiting) waiting.push(event);
  else ledger.early.set(event.sk, [event]);
}

/** The cmsgs of a batch come before the line that introduces its socket. */
export function catchUp(ledger: Ledger, socket: Socket): void {
  for (const event of ledger.early.get(socket.sk) ?? []) oneToken(ledger, socket, event);
  ledger.early.delete(socket.sk);
}

/** One token handed out, or a range of them named in a return. */
export function oneToken(ledger: Ledger, socket: Socket, event: ProbeEvent<"issue" | "return">): void {
  measure(socket.profile, ledger, event);
  const binding = bindingOf(socket);
  if (binding) page(binding, socket, event);
  else token(socket, event);
}
