// sums - A socket's issued and returned tokens: the probes' running totals, and what was put right about them.

import type { ProbeEvent } from "../../events/event.ts";
import type { Changes } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { recount } from "./socket.ts";

/** What a line on a socket's totals has of them. */
export type Totals = Pick<ProbeEvent<"count" | "close" | "destroy">, "t" | "issued" | "returned">;

/** The probes' two sums. They only grow, so a line that a newer one has overtaken changes nothing. The caller recounts. */
export function addSums(socket: Socket, { t, issued, returned }: Totals): void {
  const { sums, coverage } = socket;
  addIssued(socket, sums.earlier.issued + issued);
  sums.through = Math.max(sums.through, sums.earlier.returned + returned);
  sumReturns(socket);
  coverage.seenAt = t;
}

/** The probes' sum of issued tokens. The caller recounts. */
export function addIssued(socket: Socket, summed: number): void {
  const more = Math.max(0, summed - socket.sums.issued);
  const binding = socket.shares.at(-1)?.binding;
  if (binding) binding.issuedSinceInflight += more;
  socket.sums.issued += more;
  socket.issued = socket.sums.issued + socket.sums.missed;
}

/** The kernel knows of `tokens` more (or fewer, below 0) than were counted: it held them before the probes came. */
export function rebase(socket: Socket, tokens: number, changes: Changes): void {
  socket.sums.missed += tokens;
  socket.before += tokens;
  socket.issued = socket.sums.issued + socket.sums.missed;
  changes.rebased = true;
  recount(socket);
}

/**
 * The probes' maps start anew after a gap, but what the socket holds is known: what is not held any more was returned.
 * `issued`, `returned`: the probes' new sums by then.
 */
export function continueAfterGap(socket: Socket, held: number, issued: number, returned: number): void {
  const { sums, exchange, coverage } = socket;
  coverage.throughGap = false;
  sums.through = socket.issued - held + exchange.beyond;
  sums.earlier.issued = sums.issued - issued;
  sums.earlier.returned = sums.through - returned;
  addReturns(socket);
}

/** After `through`, `forOthers` or `elsewhere` changed. */
export function addReturns(socket: Socket): void {
  sumReturns(socket);
  recount(socket);
}

function sumReturns(socket: Socket): void {
  const { sums, exchange } = socket;
  socket.returned = sums.through - exchange.forOthers;
  for (const { tokens } of exchange.elsewhere) socket.returned += tokens;
}
