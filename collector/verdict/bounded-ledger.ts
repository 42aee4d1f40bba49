// bounded-ledger - What a trace without an end does not keep one by one: finished sockets and bindings beyond the newest few thousand.
//
// A ledger that is followed as things happen keeps what is open, what finished last and what leaked last; the rest goes
// into sums by role, with the verdict it had. A recording that is read from a file keeps everything.

import { plural } from "../base/format.ts";
import type { Event } from "../events/event.ts";
import { apply } from "../ledger/ledger.ts";
import { addSocket, doubtfulLeaks } from "../ledger/let-go.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import type { Binding, Socket } from "../ledger/state/socket-and-binding.ts";
import { bindingVerdict } from "./binding-verdict.ts";
import { isLeak, socketVerdict } from "./socket-verdict.ts";
import type { SocketVerdict, Verdict } from "./words.ts";

/** How much a ledger keeps one by one. Up to twice as much is kept in between, so that a step is about what it let go. */
export interface Bounds {
  /** The newest sockets that finished clean. */
  clean: number;
  /** The newest that finished otherwise, as long as they fit in so many bytes. */
  other: number;
  bytes: number;
  /** Sockets of which no end was seen: more than the probes' maps hold. */
  open: number;
  /** Bindings that were freed, and those of which no end was seen. */
  bindings: number;
  /** Roles in the sums. */
  roles: number;
  /** After its destroy a socket's last lines, and the report of a loss, may still come for so long; ns. */
  late: number;
}

export const BOUNDS: Bounds = {
  clean: 4096,
  other: 4096,
  bytes: 2 ** 27,
  open: 2 ** 17,
  bindings: 4096,
  roles: 1024,
  late: 2e9,
};

/** Takes one event in as `apply` does, then lets go of what the ledger has too much of. */
export function applyBounded(ledger: Ledger, event: Event, bounds = BOUNDS): Changes {
  const changes = apply(ledger, event);
  if (areSocketsDue(ledger, bounds)) letGoOfSockets(ledger, bounds);
  if (ledger.bindings.length - ledger.letGo.lookedAt.bindings > bounds.bindings)
    letGoOfBindings(ledger, bounds);
  return changes;
}

/** To look for what can be let go takes as long as there are sockets: it has to wait until about as many have finished. */
function areSocketsDue({ finished, sockets, current, letGo }: Ledger, { clean, open }: Bounds): boolean {
  const step = Math.max(clean, (sockets.length - finished.length) / 8);
  return finished.length - letGo.lookedAt.finished > step || current.size > open + step;
}

function letGoOfSockets(ledger: Ledger, bounds: Bounds): void {
  const gone = new Map([...beyond(ledger, bounds).reverse(), ...unended(ledger, bounds)]);
  for (const [socket, verdict] of gone) {
    const judged = { ...verdict, isLeak: isLeak(ledger, socket, verdict) };
    addSocket(ledger.letGo, socket, judged, bounds.roles);
  }
  const isKept = (socket: Socket) => !gone.has(socket);
  ledger.sockets = ledger.sockets.filter(isKept);
  ledger.finished = ledger.finished.filter(isKept);
  ledger.letGo.lookedAt.finished = ledger.finished.length;
  for (const binding of ledger.bindings)
    if (binding.orphans.length > 0) binding.orphans = binding.orphans.filter(isKept);
}

type Gone = [Socket, Verdict<SocketVerdict>];

/** The finished sockets that are too many, the newest first. */
function beyond(ledger: Ledger, bounds: Bounds): Gone[] {
  const { finished, now } = ledger;
  const room = { ...bounds };
  const late = finished.length > MOST_LATE * bounds.clean ? now : now - bounds.late;
  const gone: Gone[] = [];
  for (let i = finished.length - 1; i >= 0; i--) {
    const socket = finished[i] as Socket;
    if (socket.destroyedAt > late) continue;
    const verdict = socketVerdict(ledger, socket);
    if (!fits(room, socket, verdict.verdict)) gone.push([socket, verdict]);
  }
  return gone;
}

/** Of so many times the bound nobody waits for late lines: in a stream whose time stands still they would be all there are. */
const MOST_LATE = 8;
/** Approximate bytes of one socket, and of one token it leaked. */
const SOCKET_BYTES = 3000;
const TOKEN_BYTES = 200;

/** Whether there is room for one more of this verdict; takes it. */
function fits(room: Bounds, { leaked }: Socket, verdict: SocketVerdict): boolean {
  if (verdict === "clean") return room.clean-- > 0;
  room.other -= 1;
  room.bytes -= SOCKET_BYTES + TOKEN_BYTES * leaked.length;
  return room.other >= 0 && room.bytes >= 0;
}

const UNENDED = "too many sockets were open at once to follow it to its end";

/** The oldest of too many sockets without an end. A line that is about one of them begins a new one. */
function unended(ledger: Ledger, bounds: Bounds): Gone[] {
  const gone: Gone[] = [];
  for (const socket of ledger.current.values()) {
    if (ledger.current.size <= bounds.open) break;
    ledger.current.delete(socket.sk);
    gone.push([socket, unendedVerdict(ledger, socket)]);
    if (socket.mode === "manual") continue;
    for (const { binding, counted } of socket.shares) binding.outstanding -= counted;
  }
  return gone;
}

function unendedVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  return socket.closedAt < 0 ? { verdict: "inconclusive", why: UNENDED } : socketVerdict(ledger, socket);
}

function letGoOfBindings(ledger: Ledger, bounds: Bounds): void {
  const freed = ledger.bindings.filter(({ freedAt }) => freedAt >= 0);
  const gone = new Set(freed.slice(0, Math.max(0, freed.length - bounds.bindings)));
  for (const binding of gone) addBinding(ledger, binding);
  for (const binding of ledger.bound.values()) {
    if (ledger.bound.size <= bounds.open) break;
    ledger.bound.delete(binding.ptr);
    gone.add(binding);
    ledger.letGo.doubt ||= "too many dma-bufs were bound at once to follow all of them to their end";
  }
  ledger.bindings = ledger.bindings.filter((binding) => !gone.has(binding));
  ledger.letGo.lookedAt.bindings = ledger.bindings.length;
}

function addBinding(ledger: Ledger, binding: Binding): void {
  const { letGo } = ledger;
  const { verdict, why } = bindingVerdict(ledger, binding);
  letGo.bindings += 1;
  if (verdict === "inconclusive") letGo.doubt ||= why;
  const doubtful = doubtfulLeaks(binding);
  letGo.leaks -= doubtful;
  letGo.doubt ||= doubtText(doubtful);
}

/** Leaks among what was let go, and why something of it is not sure. */
export function letGoLeaks({ letGo, bindings }: Ledger): { leaks: number; doubt: string } {
  let doubtful = 0;
  for (const binding of bindings) doubtful += doubtfulLeaks(binding);
  return { leaks: letGo.leaks - doubtful, doubt: letGo.doubt || doubtText(doubtful) };
}

function doubtText(sockets: number): string {
  if (sockets === 0) return "";
  return `${plural(sockets, "socket")} closed holding tokens and were let go; tokens returned through other sockets since may have been theirs`;
}
