// sockets - One TCP socket's tokens: issued, returned, held at close, reclaimed at destroy.

import type { Binding, Handover, Pinned } from "./bindings.ts";
import { type Calls, newCalls } from "./calls.ts";
import type { Mode, ProbeEvent } from "./event.ts";
import { errnoName, type Finding, note } from "./findings.ts";
import type { Holds } from "./holds.ts";
import { holdsOf } from "./pages.ts";
import { newProfile, type Profile } from "./profile.ts";
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
  /** What it adds to `outstanding` of each binding it received from: see recount. */
  counted: Map<Binding, number>;
  /** Who received the first token. */
  pid: number;
  comm: string;
  /** Path of its cgroup; empty where that was not read. */
  cgroup: string;
  netns: number;
  /** address:port, IPv6 in brackets; empty when not seen. */
  local: string;
  remote: string;
  mode: Mode;
  shares: Share[];
  /** Tokens handed out to it; in manual mode also those it held already when the trace first met it. */
  issued: number;
  /** Its tokens that were given back, through whichever socket. */
  returned: number;
  /** What the returns made through this socket freed: differs from `returned` in manual mode only. */
  through: number;
  /** Manual mode: tokens of other sockets returned through this one. */
  forOthers: number;
  /** Manual mode: of those, told of by the kernel but not yet in `through`. */
  announced: { tokens: number; t: number }[];
  /** Manual mode: its tokens returned through other sockets. */
  elsewhere: Handover[];
  /** Manual mode: tokens issued before the trace. */
  before: number;
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
  /** Manual mode: tokens dropped when the binding was unbound, and when; -1 while none were. */
  swept: number;
  sweptAt: number;
  /** Issued when the unbind of its binding began; -1 before. Tokens issued from then to its end may have missed the sweep. */
  issuedAtUnbind: number;
  unsure: number;
  /** sk_devmem_info.outstanding_urefs at close; null where nobody looked. */
  urefsAtClose: number | null;
  /** What the pages of its binding held when it closed, and once it was destroyed. */
  atClose: Pinned | null;
  atDestroy: Pinned | null;
  /** Whether the kernel's own xarray held tokens when it closed; null where no close line told. */
  xaAtClose: boolean | null;
  /** Time of the newest line that carried this socket's totals. */
  seenAt: number;
  /** Probe runs the kernel skipped while it was open. */
  skipped: number;
  /** It was open while nothing was traced, and its sums have not been put right since. */
  throughGap: boolean;
  /** Birth in the lines since the newest gap it was met again after; 0: none. What was issued and returned before that. */
  reborn: number;
  earlier: { issued: number; returned: number };
  /** The kernel's own xarray contradicted the sums; each sentence says by how many. */
  doubts: string[];
  findings: Finding[];
  /** Level tokens: what is held now, by token number; leaked: what was held at close. */
  tokens: Map<number, Token>;
  leaked: Token[];
  /** Level tokens: the first few numbers named in a return while the socket did not hold them. */
  strays: number[];
  /** How long its tokens were held, how many a call moved: as far as the level tells. */
  profile: Profile;
  /** Levels holds and profile; null before the first line of it. */
  holds: Holds | null;
  /** Level profile. */
  calls: Calls;
}

/** Enough to recognise a pattern by. */
const MAX_STRAYS = 16;

type Totals = ProbeEvent<"count" | "close" | "destroy">;

/** A socket nothing is known of but its kernel pointer and birth; where that is 0 too, the line at time `t` is the first. */
export function newSocket(sk: string, born: number, mode: Mode, t = born): Socket {
  return {
    ...{
      id: `${sk}@${born || t}`,
      sk,
      born,
      pid: 0,
      comm: "",
      cgroup: "",
      netns: 0,
      local: "",
      remote: "",
      mode,
      shares: [],
    },
    ...{
      counted: new Map(),
      issued: 0,
      returned: 0,
      through: 0,
      forOthers: 0,
      announced: [],
      elsewhere: [],
      before: 0,
    },
    ...{ swept: 0, sweptAt: -1, issuedAtUnbind: -1, unsure: 0 },
    ...{ urefsAtClose: null, atClose: null, atDestroy: null, payloadBytes: -1, linearBytes: 0 },
    ...{ closedAt: -1, closePid: 0, closeComm: "", heldAtClose: 0, destroyedAt: -1, reclaimed: 0 },
    ...{ xaAtClose: null, skipped: 0, throughGap: false, reborn: 0, earlier: { issued: 0, returned: 0 } },
    ...{ seenAt: born, doubts: [], findings: [], tokens: new Map(), leaked: [], strays: [] },
    ...{ profile: newProfile(), holds: null, calls: newCalls() },
  };
}

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

/** First tokens of a socket, or the first from another binding. */
export function introduce(socket: Socket, event: ProbeEvent<"socket" | "manual">, binding: Binding): void {
  const before = event.kind === "manual" ? Math.max(0, event.before) : 0;
  if (socket.shares.length === 0) {
    socket.pid = event.pid;
    socket.comm = event.comm;
    socket.netns = event.netns;
    Object.assign(socket, addresses(event));
    if (event.kind === "manual") socket.before = Math.max(0, event.before);
    else if (event.before > 0)
      socket.doubts.push(`at least ${event.before} of its tokens were issued before the trace`);
  }
  const issued = socket.earlier.issued + event.issued;
  socket.issued = Math.max(socket.issued, issued);
  socket.shares.push({ binding, issuedBefore: issued - before });
  socket.seenAt = event.t;
}

/** Running totals only grow, so a line that was overtaken by a newer one changes nothing. */
export function count(socket: Socket, event: Totals): void {
  socket.issued = Math.max(socket.issued, socket.earlier.issued + event.issued);
  socket.through = Math.max(socket.through, socket.earlier.returned + event.returned);
  addReturns(socket);
  socket.seenAt = event.t;
  if (event.linear > socket.linearBytes) {
    note(socket.findings, "linear fallback", event.t, event.linear - socket.linearBytes);
    socket.linearBytes = event.linear;
  }
  if (event.kind !== "close" && event.closed !== 0 && socket.closedAt < 0) closedAt(socket, event.closed);
}

/** After `through`, `forOthers` or `elsewhere` changed. */
export function addReturns(socket: Socket): void {
  const elsewhere = socket.elsewhere.reduce((sum, { tokens }) => sum + tokens, 0);
  socket.returned = socket.through - socket.forOthers + elsewhere;
  recount(socket);
}

function closedAt(socket: Socket, t: number): void {
  socket.closedAt = t;
  socket.heldAtClose = Math.max(0, outstanding(socket));
  socket.leaked = tokensOf(socket);
}

/** The last file descriptor went: from here on nobody can return this socket's tokens in xarray mode. */
export function close(socket: Socket, event: ProbeEvent<"close">): void {
  count(socket, event);
  closedAt(socket, event.t);
  socket.closePid = event.pid;
  socket.closeComm = event.comm;
  socket.payloadBytes = event.bytes;
  socket.xaAtClose = socket.mode === "manual" ? null : event.xa === 1;
  if (socket.local === "") Object.assign(socket, addresses(event));
  if (socket.mode !== "manual") compareWithKernel(socket, event.xa === 1);
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

function compareWithKernel(socket: Socket, xarrayInUse: boolean): void {
  const held = outstanding(socket);
  if (held < 0)
    socket.doubts.push(`${-held} more tokens returned than issued: they were issued before the trace`);
  else if (held > 0 && !xarrayInUse)
    socket.doubts.push(`${held} tokens counted as held, but the kernel's xarray was empty at close`);
  else if (held === 0 && xarrayInUse)
    socket.doubts.push("nothing counted as held, but the kernel's xarray was not empty at close");
}

export type Misstep = ProbeEvent<"refused" | "short" | "recverr" | "peek" | "second" | "mode">;

/** What a refusal, a short return, an error or a peek adds to the findings. */
export function misstep(findings: Finding[], event: Misstep): void {
  switch (event.kind) {
    case "refused":
      return note(findings, "return refused", event.t, event.ranges, errnoName(event.err));
    case "short":
      // What was named could not be read back: the probe at the call's entry was not run.
      if (event.asked <= event.freed) return;
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
    case "second":
      return note(findings, "second binding", event.t, 0, "EFAULT", [event.dmabuf, event.other]);
    case "mode":
      return modeAsked(findings, event);
  }
}

/** An answer to SO_DEVMEM_AUTORELEASE: EBUSY is about the tokens in the way, EINVAL about the value. */
function modeAsked(findings: Finding[], { t, value, err, held }: ProbeEvent<"mode">): void {
  if (err === 0) note(findings, value === 1 ? "mode set to autorelease" : "mode set to manual", t, 0);
  else note(findings, "mode refused", t, err === -EBUSY ? held : value, errnoName(err));
}

const EBUSY = 16;

/** MAX_DONTNEED_FRAGS, net/core/sock.c: frags after the 1024th of one call are left alone without an error. */
function isFragLimit(event: ProbeEvent<"short">): boolean {
  return event.asked > 1024;
}

/** Level tokens: one token handed out, or a range of them named in a return. */
export function token(socket: Socket, event: ProbeEvent<"issue" | "return">): void {
  if (event.kind === "issue") tokenIssued(socket.tokens, event);
  else addStrays(socket, tokensReturned(socket.tokens, event));
}

/** Numbers a return named that nobody held; the first few are kept. */
export function addStrays(socket: Socket, numbers: number[]): void {
  socket.strays.push(...numbers.slice(0, MAX_STRAYS - socket.strays.length));
}

/** Both ends of a socket as its line has them. */
export function addresses(event: ProbeEvent<"socket" | "manual" | "close">): {
  local: string;
  remote: string;
} {
  return { local: endpoint(event.laddr, event.lport), remote: endpoint(event.raddr, event.rport) };
}

/** "192.0.2.1:5201" or "[2001:db8::1]:5201". */
export function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
