// sockets - One TCP socket's tokens: issued, returned, held at close, reclaimed at destroy.

import type { Binding } from "./bindings.ts";
import type { ProbeEvent } from "./event.ts";
import { errnoName, type Finding, note } from "./findings.ts";
import { type Token, tokenIssued, tokensReturned } from "./tokens.ts";

/** A binding this socket received from, and how many tokens it had been issued when it came to that binding. */
export interface Share {
  binding: Binding;
  issuedBefore: number;
}

/** Times are ns since t0 and -1 for "not seen". */
export interface Socket {
  /** Survives reuse of the kernel pointer: the pointer and the time of its first token. */
  id: string;
  sk: string;
  born: number;
  /** Who received the first token. */
  pid: number;
  comm: string;
  netns: number;
  /** address:port, IPv6 in brackets; empty when not seen. */
  local: string;
  remote: string;
  shares: Share[];
  issued: number;
  returned: number;
  /** Payload bytes of the TCP stream, known at close; -1 before. */
  payloadBytes: number;
  linearBytes: number;
  closedAt: number;
  closePid: number;
  closeComm: string;
  heldAtClose: number;
  destroyedAt: number;
  /** Tokens the kernel took back at destroy. */
  reclaimed: number;
  /** Time of the newest line that carried this socket's totals. */
  seenAt: number;
  /** The kernel's own xarray contradicted the sums; each sentence says by how many. */
  doubts: string[];
  findings: Finding[];
  /** Level tokens: what is held now, by token number; leaked: what was held at close. */
  tokens: Map<number, Token>;
  leaked: Token[];
  /** Level tokens: the first few numbers named in a return while the socket did not hold them. */
  strays: number[];
}

/** Enough to recognise a pattern by. */
const MAX_STRAYS = 16;

type Totals = ProbeEvent<"count" | "close" | "destroy">;

/** A socket nothing is known of but its kernel pointer and birth. */
export function newSocket(sk: string, born: number): Socket {
  return {
    ...{ id: `${sk}@${born}`, sk, born, pid: 0, comm: "", netns: 0, local: "", remote: "", shares: [] },
    ...{ issued: 0, returned: 0, payloadBytes: -1, linearBytes: 0 },
    ...{ closedAt: -1, closePid: 0, closeComm: "", heldAtClose: 0, destroyedAt: -1, reclaimed: 0 },
    ...{ seenAt: born, doubts: [], findings: [], tokens: new Map(), leaked: [], strays: [] },
  };
}

/** Tokens issued and neither returned nor reclaimed; below 0 when some were issued before the trace. */
export function outstanding(socket: Socket): number {
  return socket.issued - socket.returned - socket.reclaimed;
}

/**
 * The most tokens of `binding` this socket can hold. Exact while it received from one binding only: a return does
 * not say which binding its token was of.
 */
export function heldOf(socket: Socket, binding: Binding): number {
  let issued = 0;
  socket.shares.forEach((share, i) => {
    if (share.binding === binding)
      issued += (socket.shares[i + 1]?.issuedBefore ?? socket.issued) - share.issuedBefore;
  });
  return Math.max(0, Math.min(issued, outstanding(socket)));
}

/** First tokens of a socket, or the first from another binding. */
export function introduce(socket: Socket, event: ProbeEvent<"socket">, binding: Binding): void {
  if (socket.shares.length === 0) {
    socket.pid = event.pid;
    socket.comm = event.comm;
    socket.netns = event.netns;
    Object.assign(socket, addresses(event));
    if (event.before > 0)
      socket.doubts.push(`at least ${event.before} of its tokens were issued before the trace`);
  }
  socket.issued = Math.max(socket.issued, event.issued);
  socket.shares.push({ binding, issuedBefore: event.issued });
  socket.seenAt = event.t;
}

/** Running totals only grow, so a line that was overtaken by a newer one changes nothing. */
export function count(socket: Socket, event: Totals): void {
  socket.issued = Math.max(socket.issued, event.issued);
  socket.returned = Math.max(socket.returned, event.returned);
  socket.seenAt = event.t;
  if (event.linear > socket.linearBytes) {
    note(socket.findings, "linear fallback", event.t, event.linear - socket.linearBytes);
    socket.linearBytes = event.linear;
  }
  if (event.kind !== "close" && event.closed !== 0 && socket.closedAt < 0) closedAt(socket, event.closed);
}

function closedAt(socket: Socket, t: number): void {
  socket.closedAt = t;
  socket.heldAtClose = Math.max(0, outstanding(socket));
  socket.leaked = [...socket.tokens.values()];
}

/** The last file descriptor went: from here on nobody can return this socket's tokens in xarray mode. */
export function close(socket: Socket, event: ProbeEvent<"close">): void {
  count(socket, event);
  closedAt(socket, event.t);
  socket.closePid = event.pid;
  socket.closeComm = event.comm;
  socket.payloadBytes = event.bytes;
  if (socket.local === "") Object.assign(socket, addresses(event));
  compareWithKernel(socket, event.xa === 1);
}

/** The kernel destroyed the socket and dropped what its xarray still held (tcp_v4_destroy_sock). */
export function destroy(socket: Socket, event: ProbeEvent<"destroy">): void {
  count(socket, event);
  if (socket.closedAt < 0) closedAt(socket, event.t);
  socket.destroyedAt = event.t;
  socket.reclaimed = Math.max(0, outstanding(socket));
  socket.tokens.clear();
  if (event.xa === 1) socket.doubts.push("the kernel's xarray was not empty after destroy");
}

function compareWithKernel(socket: Socket, xarrayInUse: boolean): void {
  const held = outstanding(socket);
  if (held < 0)
    socket.doubts.push(`${-held} more tokens returned than issued: they were issued before the trace`);
  else if (held > 0 && !xarrayInUse)
    socket.doubts.push(`${held} tokens counted as held, but the kernel's xarray was empty at close`);
  else if (held === 0 && xarrayInUse)
    socket.doubts.push("nothing counted as held, but the kernel's xarray was not empty at close");
}

export type Misstep = ProbeEvent<"refused" | "short" | "recverr" | "peek">;

/** What a refusal, a short return, an error or a peek adds to the findings. */
export function misstep(findings: Finding[], event: Misstep): void {
  switch (event.kind) {
    case "refused":
      return note(findings, "return refused", event.t, event.ranges, errnoName(event.err));
    case "short":
      return note(
        findings,
        isFragLimit(event) ? "stopped at 1024 frags" : "short return",
        event.t,
        event.asked - event.freed,
      );
    case "recverr":
      return note(findings, "recvmsg error", event.t, 0, errnoName(event.err));
    case "peek":
      return note(findings, "issued by MSG_PEEK", event.t, event.tokens);
  }
}

/** MAX_DONTNEED_FRAGS, net/core/sock.c: frags after the 1024th of one call are left alone without an error. */
function isFragLimit(event: ProbeEvent<"short">): boolean {
  return event.asked > 1024;
}

/** Level tokens: one token handed out, or a range of them named in a return. */
export function token(socket: Socket, event: ProbeEvent<"issue" | "return">): void {
  if (event.kind === "issue") tokenIssued(socket.tokens, event);
  else
    socket.strays.push(...tokensReturned(socket.tokens, event).slice(0, MAX_STRAYS - socket.strays.length));
}

function addresses(event: ProbeEvent<"socket" | "close">): { local: string; remote: string } {
  return { local: endpoint(event.laddr, event.lport), remote: endpoint(event.raddr, event.rport) };
}

function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
