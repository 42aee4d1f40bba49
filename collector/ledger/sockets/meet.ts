// meet - The socket an event is about, and what its first lines show of it.

import { getRecent } from "../../base/recent-map.ts";
import { addresses } from "../../events/endpoint.ts";
import type { Mode, ProbeEvent } from "../../events/event.ts";
import { bindingFor } from "../bindings/binding-events.ts";
import { lostEvents } from "../evidence/evidence.ts";
import type { Ledger, SocketEvent } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { bookOf } from "../tokens/books.ts";
import { catchUp, isIntroduced } from "../tokens/token-events.ts";
import { isMetAgain, isNoReceiver, isOf, meetAgain } from "./identity.ts";
import { newSocket, recount, share } from "./socket.ts";
import { addIssued } from "./sums.ts";

/** The socket an event is about; a line that carries a birth can introduce one whose first line was lost. */
export function socketOf(ledger: Ledger, event: SocketEvent): Socket | undefined {
  const known = ledger.current.get(event.sk);
  if (!("born" in event) || isNoReceiver(event)) return known;
  if (known && isOf(known, event)) return known;
  if (known && isMetAgain(known, event)) {
    meetAgain(known, event);
    return known;
  }
  if (event.kind === "count" && isOver(ledger, event, known)) return undefined;
  if (known) replace(ledger, known);
  const socket = meet(ledger, event);
  if (known?.born === event.born) continueSums(socket, known, event.t);
  return socket;
}

/** Another socket has its memory: its destroy was missed, and perhaps its close. */
function replace(ledger: Ledger, known: Socket): void {
  if (known.closedAt < 0)
    known.doubts.push("its close was not seen, and the kernel has used its memory again");
  known.destroyedAt = ledger.now;
  ledger.finished.push(known);
  bookOf(known).destroyed(known);
  recount(known);
}

/** The probes took it for the socket before: their sums go on, and so does the birth they print. */
function continueSums(socket: Socket, former: Socket, t: number): void {
  socket.id = `${socket.sk}@${t}`;
  socket.sums.earlier.issued = -former.sums.issued;
  socket.sums.earlier.returned = -former.sums.through;
}

/** A sum of a socket that was destroyed: a timer's line may be printed after the line of the destroy. */
function isOver(
  { destroyed }: Ledger,
  { t, sk, born }: ProbeEvent<"count">,
  known: Socket | undefined,
): boolean {
  return t < (known?.born ?? 0) || (born !== 0 && getRecent(destroyed, sk) === born);
}

function meet(ledger: Ledger, event: SocketEvent & { born: number }): Socket {
  const mode = ledger.header.kernel.variant === "sockopt" ? "unknown" : "xarray";
  const socket = newSocket(event.sk, event.born, mode, event.t);
  if (event.kind === "recverr" || event.kind === "mode") setProgram(socket, event);
  ledger.sockets.push(socket);
  ledger.current.set(event.sk, socket);
  if (isIntroduced(socket)) catchUp(ledger, socket);
  return socket;
}

/** Who received its first token. */
export function setProgram(socket: Socket, { pid, comm }: { pid: number; comm: string }): void {
  socket.pid = pid;
  socket.comm = comm;
}

/** Both ends of its connection. */
export function setAddresses(socket: Socket, event: ProbeEvent<"socket" | "manual" | "close">): void {
  const { local, remote } = addresses(event);
  socket.local = local;
  socket.remote = remote;
}

/** First tokens of a socket, or the first from another binding; or where it was first read while it held some. */
export function introduce(ledger: Ledger, socket: Socket, event: ProbeEvent<"socket" | "manual">): void {
  const binding = bindingFor(ledger, event);
  const before = event.kind === "manual" ? Math.max(0, event.before) : 0;
  if (socket.shares.length === 0) meetFirst(ledger, socket, event, before);
  addIssued(socket, socket.sums.earlier.issued + event.issued);
  share(socket, binding, socket.sums.earlier.issued + event.issued - before);
  socket.coverage.seenAt = event.t;
  socket.mode = modeAtFirst(ledger, event);
  socket.cgroup ||= ledger.processes.get(socket.pid)?.cgroup ?? "";
  catchUp(ledger, socket);
}

function meetFirst(
  ledger: Ledger,
  socket: Socket,
  event: ProbeEvent<"socket" | "manual">,
  before: number,
): void {
  // A reading may come after the close, when no process has the socket open any more.
  if (event.pid !== 0) setProgram(socket, event);
  setAddresses(socket, event);
  socket.netns = event.netns;
  socket.before = before;
  if (event.kind === "manual" || event.before === 0) socket.sums.base = metAll(ledger) ? "read" : "assumed";
}

/** Whether every socket that held tokens before the trace has been met: in the first round, unless its lines are lost. */
function metAll(ledger: Ledger): boolean {
  return ledger.checks.times > 0 && lostEvents(ledger) === 0;
}

/** The kind of a socket's first line shows its mode: a probe prints `manual` where outstanding_urefs counts the tokens. */
function modeAtFirst(ledger: Ledger, { kind }: ProbeEvent<"socket" | "manual">): Mode {
  if (kind === "manual") return "manual";
  return ledger.header.kernel.variant === "sockopt" ? "autorelease" : "xarray";
}

/**
 * SO_DEVMEM_AUTORELEASE was set, or refused: the mode that holds now is known, and where the trace meets the socket here,
 * what it held before.
 */
export function setMode(socket: Socket, { mode, value, err, held }: ProbeEvent<"mode">): void {
  const first = socket.mode === "unknown";
  if (first && mode === 0) {
    socket.sums.issued = held;
    socket.issued = held;
    socket.before = held;
  }
  if (first && (mode === 0 || held === 0)) socket.sums.base = "assumed";
  socket.mode = (err === 0 ? value : mode) === 1 ? "autorelease" : "manual";
}

/** The binding that a held line names, for a socket that no line before has shown a binding of. */
export function shareHeld(ledger: Ledger, socket: Socket, event: ProbeEvent<"held">): void {
  if (event.binding === "0" || socket.shares.length > 0) return;
  share(socket, bindingFor(ledger, event), 0);
}
