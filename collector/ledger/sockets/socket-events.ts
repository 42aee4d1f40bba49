// socket-events - What each kind of line does to the socket it is about: first tokens, totals, close, destroy, mode.

import { setRecent } from "../../base/recent-map.ts";
import { modeOf, type ProbeEvent, type TracerEvent } from "../../events/event.ts";
import { follow } from "../bindings/binding-events.ts";
import {
  agreeAtClose,
  agreeAtUnseenClose,
  agreeWithHeld,
  agreeWithReading,
} from "../evidence/kernel-agreement.ts";
import { agreeWithUrefs } from "../evidence/page-counts.ts";
import { addCalls } from "../profile/calls.ts";
import { newestHolds } from "../profile/holds.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { bookOf } from "../tokens/books.ts";
import { markClosed, reportLeak } from "./closed.ts";
import { addFinding, findingOf } from "./findings.ts";
import { introduce, setAddresses, setMode, setProgram, shareHeld } from "./meet.ts";
import { onMisuse } from "./misuse.ts";
import { recount } from "./socket.ts";
import { addSums } from "./sums.ts";

/** First tokens of a socket, or the first from another binding. */
export function onFirstTokens(ledger: Ledger, socket: Socket, event: ProbeEvent<"socket" | "manual">): void {
  introduce(ledger, socket, event);
  ledger.changes.entered = "receiving";
  settle(ledger, socket, event.t);
  finish(ledger, socket, event.t);
}

/** The probes' running totals, a few times a second. */
export function onCount(ledger: Ledger, socket: Socket, event: ProbeEvent<"count">): void {
  addTotals(ledger, socket, event);
  if (event.closed !== 0 && socket.closedAt < 0) markClosed(socket, event.closed, ledger.changes);
  settle(ledger, socket, event.t);
  finish(ledger, socket, event.t);
}

/** The kernel's own number, with the probes' sums at the same time. */
export function onReading(ledger: Ledger, socket: Socket, event: TracerEvent<"reading">): void {
  if (isOfNext(socket, event)) return;
  addSums(socket, event);
  if (event.open === 1) socket.coverage.openAt = event.t;
  settle(ledger, socket, event.t);
  agreeWithReading(ledger, socket, event);
  finish(ledger, socket, event.t);
}

/** The mode of a closed socket cannot be set: its destroy was missed, and another socket has its memory. */
function isOfNext({ closedAt, mode }: Socket, event: TracerEvent<"reading">): boolean {
  return closedAt >= 0 && mode !== "unknown" && mode !== modeOf(event.sockmode);
}

/** What its xarray or counter held when it was closed. The close line follows with the sums; it may be lost. */
export function onHeld(ledger: Ledger, socket: Socket, event: ProbeEvent<"held">): void {
  shareHeld(ledger, socket, event);
  agreeWithHeld(socket, event, ledger.changes);
}

/** The last file descriptor went: from here on the program cannot return this socket's tokens through it. */
export function onClose(ledger: Ledger, socket: Socket, event: ProbeEvent<"close">): void {
  addTotals(ledger, socket, event);
  agreeAtClose(ledger, socket, event);
  markClosed(socket, event.t, ledger.changes);
  setCloser(socket, event);
  socket.payloadBytes = event.bytes;
  socket.kernel.hasAtClose = bookOf(socket).hasAtClose(event);
  if (socket.local === "") setAddresses(socket, event);
  agreeWithUrefs(socket, ledger.changes);
  settle(ledger, socket, event.t);
  finish(ledger, socket, event.t);
}

/** A close without a pid was left to the tracer, which had the file open: the receiver had closed it. */
function setCloser(socket: Socket, event: ProbeEvent<"close">): void {
  if (socket.pid === 0) setProgram(socket, event);
  const { pid, comm } = event.pid === 0 ? socket : event;
  socket.closePid = pid;
  socket.closeComm = comm;
}

/** The kernel destroyed the socket; the pointer is free for another one. */
export function onDestroy(ledger: Ledger, socket: Socket, event: ProbeEvent<"destroy">): void {
  addTotals(ledger, socket, event);
  if (socket.closePid === 0) agreeAtUnseenClose(ledger, socket, event);
  const closed = event.closed === 0 ? event.t : event.closed;
  if (socket.closedAt < 0) markClosed(socket, closed, ledger.changes);
  socket.destroyedAt = event.t;
  if (event.xa === 1) socket.doubts.push("the kernel's xarray was not empty after destroy");
  ledger.current.delete(event.sk);
  ledger.finished.push(socket);
  setRecent(ledger.destroyed, event.sk, socket.born, LATE);
  ledger.changes.entered = "destroyed";
  settle(ledger, socket, event.t);
  bookOf(socket).destroyed(socket);
  socket.tokens.clear();
  finish(ledger, socket, event.t);
}

/** Half of the destroyed sockets whose late sums are recognised: those of about a second, even of very short connections. */
const LATE = 65536;

/** Running totals of a line, with the payload bytes that went to the linear buffer. */
function addTotals(ledger: Ledger, socket: Socket, event: ProbeEvent<"count" | "close" | "destroy">): void {
  addSums(socket, event);
  const more = event.linear - socket.linearBytes;
  if (more <= 0) return;
  socket.linearBytes = event.linear;
  ledger.changes.finding = findingOf("linear fallback", event.t, more);
  addFinding(socket.findings, ledger.changes.finding);
}

/** After its sums moved. */
function settle(ledger: Ledger, socket: Socket, t: number): void {
  recount(socket);
  bookOf(socket).settle(ledger, socket, t);
}

/** At the end of every handler that changes its totals. */
function finish(ledger: Ledger, socket: Socket, t: number): void {
  for (const { binding } of socket.shares) follow(binding, t);
  reportLeak(socket, ledger.changes);
}

/** SO_DEVMEM_AUTORELEASE was set or refused. */
export function onMode(ledger: Ledger, event: ProbeEvent<"mode">): void {
  const { socket } = ledger.changes;
  if (socket) setMode(socket, event);
  onMisuse(ledger, event);
}

/** Levels holds and profile: what the map of births knows of its tokens. */
export function onHold(_: Ledger, socket: Socket, event: ProbeEvent<"hold">): void {
  socket.holds = newestHolds(event, socket.holds);
}

/** Level profile: what its calls moved. */
export function onCalls(_: Ledger, socket: Socket, event: ProbeEvent<"calls" | "wait">): void {
  addCalls(socket.calls, event);
}
