// ledger - Who holds what: the one place where events change state. No clock, no IO; time is in the event.

import type { Event, Header, Mode, ProbeEvent, TracerEvent } from "../events/event.ts";
import { newBinding, runDry, sample } from "./bindings.ts";
import { called } from "./calls.ts";
import { addSample } from "./cpu-samples.ts";
import { heard, lostEvents, newEvidence, weigh } from "./evidence.ts";
import { holdsOf } from "./holds.ts";
import { isNoReceiver, isOf } from "./identity.ts";
import {
  atClose,
  checked,
  closeUnseen,
  held as heldAtClose,
  inflight,
  newChecks,
  read,
} from "./kernel-agreement.ts";
import { announce, attribute, pinned, reconcile, setAside, sweep, unbinding } from "./manual-mode.ts";
import { isMisstep, misstep } from "./misuse.ts";
import { measure } from "./profile-events.ts";
import { newSocket } from "./socket.ts";
import {
  addSums,
  bindingOf,
  close,
  count,
  destroy,
  forget,
  heldOf,
  introduce,
  outstanding,
  recount,
  share,
} from "./socket-events.ts";
import type { Binding, Ledger, Socket, SocketEvent } from "./state.ts";
import { calledBy, catchUp, early, isTold, oneToken } from "./token-events.ts";

/** An empty ledger for a stream that starts with `header`. */
export function newLedger(header: Header): Ledger {
  return {
    ...{
      header,
      sockets: [],
      current: new Map(),
      early: new Map(),
      callers: new Map(),
      bindings: [],
      bound: new Map(),
      findings: [],
      samples: new Map(),
      cost: null,
      programs: new Map(),
    },
    ...{ ...newEvidence(), processes: new Map(), checks: newChecks(), now: 0, ended: null },
  };
}

/**
 * Lets go of what was over by time `t`, so that a trace without an end needs no more memory than what goes on: sockets
 * destroyed with nothing left, bindings freed. What is left keeps its verdict; the run's is from then on that of the rest.
 */
export function letGo(ledger: Ledger, t: number): void {
  const isOver = (at: number) => at >= 0 && at < t;
  ledger.sockets = ledger.sockets.filter((s) => !isOver(s.destroyedAt) || outstanding(s) > 0);
  ledger.bindings = ledger.bindings.filter((b) => !isOver(b.freedAt));
}

/** Sockets that can still hold tokens of `binding`. */
export function holders(ledger: Ledger, binding: Binding): Socket[] {
  return [...ledger.current.values()].filter((socket) => heldOf(socket, binding) > 0);
}

/** Tokens of `binding` these sockets can hold now. */
export function heldBy(binding: Binding, sockets: Socket[]): number {
  return sockets.reduce((sum, socket) => sum + heldOf(socket, binding), 0);
}

/** Takes one event in. Deterministic: the same events in the same order give the same ledger. */
export function apply(ledger: Ledger, event: Event): void {
  if (event.t > ledger.now) ledger.now = event.t;
  switch (event.kind) {
    case "lost":
    case "gap":
    case "resumed":
    case "stall":
      return weigh(ledger, event);
    case "process":
      ledger.processes.set(event.pid, event);
      return;
    case "cost":
    case "program":
      return cost(ledger, event);
    case "reading":
      return applySocket(ledger, event);
    case "inflight":
      return inflight(ledger, event);
    case "checked":
      return checked(ledger.checks, event);
    case "unchecked":
      ledger.checks.unchecked = event.detail;
      return;
    case "end":
      ledger.ended = event.reason === "died" ? event.detail : "";
      return settle(ledger, event.reason === "stopped");
    default:
      heard(ledger, event);
      return applyProbe(ledger, event);
  }
}

function applyProbe(ledger: Ledger, event: ProbeEvent): void {
  switch (event.kind) {
    case "tick":
      return settle(ledger, false);
    case "sums":
    case "bindfail":
    case "read":
      return;
    case "bind":
      bind(ledger, newBinding(event));
      return;
    case "queue":
    case "unbind":
    case "free":
    case "dry":
      return applyBinding(ledger, event);
    case "sample":
      return addSample(ledger.samples, event);
    case "caller":
      return calledBy(ledger, event);
    case "swept":
      return swept(ledger, event);
    case "pinned":
      return pinnedPages(ledger, event);
    default:
      return applySocket(ledger, event);
  }
}

function cost(ledger: Ledger, event: TracerEvent<"cost" | "program">): void {
  if (event.kind === "cost") ledger.cost = event;
  else ledger.programs.set(event.name, event);
}

function settle(ledger: Ledger, all: boolean): void {
  for (const binding of ledger.bindings) if (binding.unattributed.length > 0) attribute(ledger, binding, all);
}

/** The unbind may have freed the binding: its line then comes after that of the free. */
function swept(ledger: Ledger, event: ProbeEvent<"swept">): void {
  const binding = ledger.bindings.findLast((b) => b.ptr === event.binding && b.unboundAt >= 0);
  if (!binding) return;
  sweep(ledger, binding, event.t, binding.freedAt >= 0);
  releasedAt(binding, event.t);
}

function pinnedPages(ledger: Ledger, event: ProbeEvent<"pinned">): void {
  const binding = ledger.bound.get(event.binding);
  if (!binding) return;
  const known = ledger.current.get(event.sk);
  const destroyed = ledger.sockets.findLast((s) => s.sk === event.sk && s.born === event.born);
  const socket = known ?? destroyed;
  pinned(binding, socket, event);
  if (socket) reconcile(socket);
}

/** The kernel uses the memory of a binding again once it is free: then only the lines that told so are missing. */
function bind(ledger: Ledger, binding: Binding): Binding {
  const former = ledger.bound.get(binding.ptr);
  if (former) {
    if (former.unboundAt < 0) former.unboundAt = ledger.now;
    former.freedAt = ledger.now;
  }
  ledger.bindings.push(binding);
  ledger.bound.set(binding.ptr, binding);
  return binding;
}

function applyBinding(ledger: Ledger, event: ProbeEvent<"queue" | "unbind" | "free" | "dry">): void {
  const binding = ledger.bound.get(event.binding);
  if (!binding) return;
  switch (event.kind) {
    case "queue":
      if (event.err === 0) binding.queues.push(event.queue);
      return;
    case "dry":
      return runDry(binding, event);
    case "unbind":
      binding.unboundAt = event.t;
      unbinding(ledger, binding);
      binding.heldAtUnbind = binding.outstanding;
      releasedAt(binding, event.t);
      return;
    case "free":
      binding.freedAt = event.t;
      sweep(ledger, binding, event.t, true);
      ledger.bound.delete(event.binding);
      return;
  }
}

function applySocket(ledger: Ledger, event: SocketEvent): void {
  const socket = socketOf(ledger, event);
  if (event.kind === "issue" && !isTold(socket)) return early(ledger, event);
  if (!socket) return isMisstep(event) ? misstep(ledger.findings, event) : undefined;
  switch (event.kind) {
    case "socket":
    case "manual":
      introduce(socket, event, bindingFor(ledger, event), metAll(ledger));
      socket.mode = modeAtFirst(ledger, event);
      socket.cgroup ||= ledger.processes.get(socket.pid)?.cgroup ?? "";
      catchUp(ledger, socket);
      break;
    case "count":
      count(socket, event);
      break;
    case "reading":
      addSums(socket, event);
      break;
    case "held":
      if (event.binding !== "0" && socket.shares.length === 0) share(socket, bindingFor(ledger, event), 0);
      return heldAtClose(socket, event);
    case "close":
      atClose(ledger, socket, event);
      close(socket, event);
      reconcile(socket);
      break;
    case "foreign":
      return announce(socket, event);
    case "destroy":
      if (socket.closePid === 0) closeUnseen(ledger, socket, event);
      destroy(socket, event);
      ledger.current.delete(event.sk);
      break;
    case "issue":
    case "return":
      return oneToken(ledger, socket, event);
    case "bucket":
      return measure(socket.profile, ledger, event);
    case "calls":
    case "wait":
      return called(socket.calls, event);
    case "hold":
      socket.holds = holdsOf(event, socket.holds);
      return;
    default:
      if (event.kind === "mode") setMode(socket, event);
      return misstep(socket.findings, event);
  }
  recount(socket);
  setAside(ledger, socket, event.t);
  if (event.kind === "reading") read(ledger, socket, event);
  if (event.kind === "destroy" && outstanding(socket) > 0) bindingOf(socket)?.orphans.push(socket);
  for (const { binding } of socket.shares) follow(binding, event.t);
}

/** Whether every socket that held tokens before the trace has been met: in the first round, unless its lines are lost. */
function metAll(ledger: Ledger): boolean {
  return ledger.checks.times > 0 && lostEvents(ledger) === 0;
}

function bindingFor(ledger: Ledger, event: ProbeEvent<"socket" | "manual" | "held">): Binding {
  const known = ledger.bound.get(event.binding);
  const binding = known?.dmabufId === event.dmabuf ? known : bind(ledger, newBinding(event));
  binding.seenAt = event.t;
  return binding;
}

/** An option answers for the mode that holds now; where the trace meets the socket here, for what it held before. */
function setMode(socket: Socket, { mode, value, err, held }: ProbeEvent<"mode">): void {
  const first = socket.mode === "unknown";
  if (first && mode === 0) Object.assign(socket, { summed: held, issued: held, before: held });
  if (first && (mode === 0 || held === 0)) socket.base = "assumed";
  socket.mode = (err === 0 ? value : mode) === 1 ? "autorelease" : "manual";
}

/** A line of a first batch tells the mode: the xarray is used in one, outstanding_urefs in the other. */
function modeAtFirst(ledger: Ledger, { kind }: ProbeEvent<"socket" | "manual">): Mode {
  if (kind === "manual") return "manual";
  return ledger.header.kernel.variant === "sockopt" ? "autorelease" : "xarray";
}

/** The socket an event speaks of; a line that carries a birth can introduce one whose first line was lost. */
function socketOf(ledger: Ledger, event: SocketEvent): Socket | undefined {
  const known = ledger.current.get(event.sk);
  if (!("born" in event) || isNoReceiver(event)) return known;
  if (known && isOf(known, event)) return known;
  if (event.kind === "count" && event.t < (known?.born ?? 0)) return undefined;
  if (known) forget(known);
  const unknown = ledger.header.kernel.variant === "sockopt" ? "unknown" : "xarray";
  const socket = newSocket(event.sk, event.born, unknown, event.t);
  if (event.kind === "recverr" || event.kind === "mode")
    Object.assign(socket, { pid: event.pid, comm: event.comm });
  ledger.sockets.push(socket);
  ledger.current.set(event.sk, socket);
  if (isTold(socket)) catchUp(ledger, socket);
  return socket;
}

/** After a socket's totals moved: the slope of what its binding has out, and whether the last holder let go. */
function follow(binding: Binding, t: number): void {
  if (binding.freedAt >= 0) return;
  if (binding.unboundAt < 0) sample(binding, t);
  else releasedAt(binding, t);
}

/** What destroyed sockets left in manual mode has no holder. */
function releasedAt(binding: Binding, t: number): void {
  const holding = binding.outstanding - heldBy(binding, binding.orphans);
  if (binding.lastReleaseAt < 0 && holding === 0) binding.lastReleaseAt = t;
}
