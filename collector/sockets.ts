// sockets - One TCP socket's tokens: issued, returned, held at close, reclaimed at destroy.

import type { Binding, Handover, Pinned } from "./bindings.ts";
import { type Calls, newCalls } from "./calls.ts";
import type { Mode, ProbeEvent } from "./event.ts";
import { type Finding, note } from "./findings.ts";
import type { Holds } from "./holds.ts";
import { holdsOf } from "./pages.ts";
import { newProfile, type Profile } from "./profile.ts";
import { type Token, tokenIssued, tokensReturned } from "./tokens.ts";

/** A binding this socket received from, and how many tokens the probes had summed up when it came to that binding. */
export interface Share {
  binding: Binding;
  summedBefore: number;
}

/** It holds `pages` distinct pages, at least, as long as it has returned no more than `returned` tokens. */
export interface Steady {
  returned: number;
  pages: number;
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
  /** Tokens handed out to it: what the probes summed up, and what they missed: tokens it held already when they came. */
  issued: number;
  summed: number;
  missed: number;
  /**
   * How `missed` is known: not at all; assumed to be 0, as it held nothing when its first tokens came; or read out of the
   * kernel. An assumption gives way to the first reading without a word: a return under way when the probes came could
   * have made it look so.
   */
  base: "none" | "assumed" | "read";
  /** When a reading changed `missed` last, -1 before. */
  rebasedAt: number;
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
  /** Of `issued`, tokens it held when the trace first met it: their age is not known. */
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
  /** What the kernel's xarray held when it was closed; null before, and where that was not seen. */
  kernelAtClose: number | null;
  /** From its newest reading, where that was exact; else null. */
  lastReading: Steady | null;
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
  /** Evidence that is missing, or that contradicts the sums; each sentence says by how many. */
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
  // One literal without spreads: V8 gives objects made with them a hidden class each, and everything that reads a field
  // of a socket becomes several times as slow.
  return {
    id: `${sk}@${born || t}`,
    sk,
    born,
    counted: new Map(),
    pid: 0,
    comm: "",
    cgroup: "",
    netns: 0,
    local: "",
    remote: "",
    mode,
    shares: [],
    issued: 0,
    summed: 0,
    missed: 0,
    base: "none",
    rebasedAt: -1,
    returned: 0,
    through: 0,
    forOthers: 0,
    announced: [],
    elsewhere: [],
    before: 0,
    payloadBytes: -1,
    linearBytes: 0,
    closedAt: -1,
    closePid: 0,
    closeComm: "",
    heldAtClose: 0,
    destroyedAt: -1,
    reclaimed: 0,
    swept: 0,
    sweptAt: -1,
    issuedAtUnbind: -1,
    unsure: 0,
    kernelAtClose: null,
    lastReading: null,
    urefsAtClose: null,
    atClose: null,
    atDestroy: null,
    xaAtClose: null,
    seenAt: born,
    skipped: 0,
    throughGap: false,
    reborn: 0,
    earlier: { issued: 0, returned: 0 },
    doubts: [],
    findings: [],
    tokens: new Map(),
    leaked: [],
    strays: [],
    profile: newProfile(),
    holds: null,
    calls: newCalls(),
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
