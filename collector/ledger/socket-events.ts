// socket-events - What events do to one TCP socket's tokens: issued, returned, held at close, reclaimed at destroy.

import { addresses } from "../events/endpoint.ts";
import type { ProbeEvent } from "../events/event.ts";
import { note } from "./findings.ts";
import { holdsOf } from "./page-tokens.ts";
import type { Binding, Share, Socket, Token } from "./state.ts";
import { tokenIssued, tokensReturned } from "./tokens.ts";

/** Enough to recognise a pattern by. */
const MAX_STRAYS = 16;

type Totals = ProbeEvent<"count" | "close" | "destroy">;

/** Tokens issued and neither returned, reclaimed nor swept; below 0 when some were issued before the trace. */
export function outstanding(socket: Socket): number {
  return socket.issued - socket.returned - socket.reclaimed - socket.swept;
}

/** The binding of a socket in manual mode: it can have one only (sk_devmem_info.binding). */
export function bindingOf(socket: Socket): Binding | undefined {
  return socket.mode === "manual" ? socket.shares.at(-1)?.binding : undefined;
}

/** Level tokens: what the socket holds now, one by one. */
export function tokensOf(socket: Socket): Token[] {
  const binding = bindingOf(socket);
  if (!binding) return socket.tokens.size === 0 ? [] : [...socket.tokens.values()];
  return holdsOf(binding.held, socket).map(({ socket: _, ...token }) => token);
}

/**
 * The most tokens of `binding` this socket can hold. Exact while it received from one binding only: a return does
 * not say which binding its token was of, and nobody knows of which those issued before the trace were.
 */
export function heldOf(socket: Socket, binding: Binding): number {
  const { shares } = socket;
  let most = socket.missed;
  let shared = false;
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i] as Share;
    if (share.binding !== binding) continue;
    shared = true;
    most += (shares[i + 1]?.summedBefore ?? socket.summed) - share.summedBefore;
  }
  return shared ? Math.max(0, Math.min(most, outstanding(socket))) : 0;
}

/** After what the socket holds may have changed: keeps the sums of its bindings, which are asked for at every line. */
export function recount(socket: Socket): void {
  for (const { binding } of socket.shares) {
    const now = heldOf(socket, binding);
    binding.outstanding += now - (socket.counted.get(binding) ?? 0);
    socket.counted.set(binding, now);
  }
}

/** Its kernel pointer means another socket now: its destroy was missed, and what it held was reclaimed then. */
export function forget(socket: Socket): void {
  if (socket.mode === "manual") return;
  for (const [binding, tokens] of socket.counted) binding.outstanding -= tokens;
  socket.counted.clear();
}

/**
 * First tokens of a socket, or the first from another binding; or where it was first read holding some. `late`: every
 * socket that held tokens before the trace has been met already.
 */
export function introduce(
  socket: Socket,
  event: ProbeEvent<"socket" | "manual">,
  binding: Binding,
  late: boolean,
): void {
  const before = event.kind === "manual" ? Math.max(0, event.before) : 0;
  if (socket.shares.length === 0) {
    // A reading may come after the close, when nobody has it open any more.
    if (event.pid !== 0) Object.assign(socket, { pid: event.pid, comm: event.comm });
    Object.assign(socket, { netns: event.netns, ...addresses(event) });
    socket.before = before;
    if (event.kind === "manual" || event.before === 0) socket.base = late ? "read" : "assumed";
  }
  const summed = socket.earlier.issued + event.issued;
  addIssued(socket, summed);
  share(socket, binding, summed - before);
  socket.seenAt = event.t;
}

/** It receives from `binding` from here on. */
export function share(socket: Socket, binding: Binding, summedBefore: number): void {
  if (socket.shares.at(-1)?.binding !== binding) socket.shares.push({ binding, summedBefore });
}

/** Running totals only grow, so a line that was overtaken by a newer one changes nothing. */
export function count(socket: Socket, event: Totals): void {
  addSums(socket, event);
  if (event.linear > socket.linearBytes) {
    note(socket.findings, "linear fallback", event.t, event.linear - socket.linearBytes);
    socket.linearBytes = event.linear;
  }
  if (event.kind !== "close" && event.closed !== 0 && socket.closedAt < 0) closedAt(socket, event.closed);
}

/** The probes' two sums; the caller recounts. */
export function addSums(socket: Socket, event: Pick<Totals, "t" | "issued" | "returned">): void {
  addIssued(socket, socket.earlier.issued + event.issued);
  socket.through = Math.max(socket.through, socket.earlier.returned + event.returned);
  sumReturns(socket);
  socket.seenAt = event.t;
}

function addIssued(socket: Socket, summed: number): void {
  socket.summed = Math.max(socket.summed, summed);
  socket.issued = socket.summed + socket.missed;
}

/** The kernel knows of `tokens` more (or fewer, below 0) than were counted: it held them before the probes came. */
export function rebase(socket: Socket, tokens: number, t: number): void {
  socket.rebasedAt = t;
  socket.missed += tokens;
  socket.before += tokens;
  socket.issued = socket.summed + socket.missed;
  recount(socket);
}

/** After `through`, `forOthers` or `elsewhere` changed. */
export function addReturns(socket: Socket): void {
  sumReturns(socket);
  recount(socket);
}

function sumReturns(socket: Socket): void {
  socket.returned = socket.through - socket.forOthers;
  for (const { tokens } of socket.elsewhere) socket.returned += tokens;
}

/** It was closed, at t or before. */
export function closedAt(socket: Socket, t: number): void {
  socket.closedAt = t;
  socket.heldAtClose = Math.max(0, outstanding(socket));
  socket.leaked = tokensOf(socket);
}

/** The last file descriptor went: from here on nobody can return this socket's tokens in xarray mode. */
export function close(socket: Socket, event: ProbeEvent<"close">): void {
  count(socket, event);
  closedAt(socket, event.t);
  if (socket.pid === 0) Object.assign(socket, { pid: event.pid, comm: event.comm });
  const closer = event.pid === 0 ? socket : event;
  Object.assign(socket, { closePid: closer.pid, closeComm: closer.comm });
  socket.payloadBytes = event.bytes;
  const hasXarray = socket.mode === "xarray" || socket.mode === "autorelease";
  socket.xaAtClose = hasXarray ? event.xa === 1 : null;
  if (socket.local === "") Object.assign(socket, addresses(event));
}

/**
 * The kernel destroyed the socket and dropped what its xarray still held (tcp_v4_destroy_sock). In manual mode there is
 * no xarray: what it held stays held.
 */
export function destroy(socket: Socket, event: ProbeEvent<"destroy">): void {
  count(socket, event);
  if (socket.closedAt < 0) closedAt(socket, event.t);
  socket.destroyedAt = event.t;
  if (socket.mode !== "manual") socket.reclaimed = Math.max(0, outstanding(socket));
  socket.tokens.clear();
  if (event.xa === 1) socket.doubts.push("the kernel's xarray was not empty after destroy");
}

/** Level tokens: one token handed out to who called recvmsg by `stack`, or a range of them named in a return. */
export function token(socket: Socket, event: ProbeEvent<"issue" | "return">, stack: string): void {
  if (event.kind === "issue") tokenIssued(socket.tokens, event, stack);
  else addStrays(socket, tokensReturned(socket.tokens, event));
}

/** Numbers a return named that nobody held; the first few are kept. */
export function addStrays(socket: Socket, numbers: number[]): void {
  socket.strays.push(...numbers.slice(0, MAX_STRAYS - socket.strays.length));
}
