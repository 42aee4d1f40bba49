// ledger - Who holds what: the one place where events change state. No clock, no IO; time is in the event.

import { type Binding, newBinding, runDry, sample } from "./bindings.ts";
import type { Event, Header, LostEvent, ProbeEvent } from "./event.ts";
import type { Finding } from "./findings.ts";
import {
  close,
  count,
  destroy,
  heldOf,
  introduce,
  type Misstep,
  misstep,
  newSocket,
  type Socket,
  token,
} from "./sockets.ts";
import { tokenIssued } from "./tokens.ts";

/** Everything known at the time of the last event. */
export interface Ledger {
  header: Header;
  /** Every socket that ever had a token, oldest first. */
  sockets: Socket[];
  /** The socket a kernel pointer means now; a destroyed one is gone from here, so a reused pointer is a new socket. */
  current: Map<string, Socket>;
  /** Level tokens: what was issued to a socket before its first line: the cmsgs of a batch come before its commit. */
  early: Map<string, Socket["tokens"]>;
  /** Every binding seen, oldest first. */
  bindings: Binding[];
  /** The binding a kernel pointer means now. */
  bound: Map<string, Binding>;
  /** What sockets that never had a token did wrong. */
  findings: Finding[];
  /** Events known to be missing, by what lost them. */
  lost: Record<LostEvent["what"], number>;
  /** Time of the last loss, ns since t0; -1 while nothing was lost. */
  lostAt: number;
  /** Time of the newest event, ns since t0. */
  now: number;
  /** Why the trace ended; empty when it was stopped on purpose, null while it goes on. */
  ended: string | null;
}

/** An empty ledger for a stream that starts with `header`. */
export function newLedger(header: Header): Ledger {
  return {
    ...{
      header,
      sockets: [],
      current: new Map(),
      early: new Map(),
      bindings: [],
      bound: new Map(),
      findings: [],
    },
    ...{ lost: { bpftrace: 0, parse: 0, map: 0 }, lostAt: -1, now: 0, ended: null },
  };
}

/** All events lost so far, whatever lost them. */
export function lostEvents(ledger: Ledger): number {
  return ledger.lost.bpftrace + ledger.lost.parse + ledger.lost.map;
}

/** Sockets that can still hold tokens of `binding`. */
export function holders(ledger: Ledger, binding: Binding): Socket[] {
  return [...ledger.current.values()].filter((socket) => heldOf(socket, binding) > 0);
}

/** Tokens of `binding` held now by all sockets; an upper bound where a socket received from several bindings. */
export function held(ledger: Ledger, binding: Binding): number {
  return holders(ledger, binding).reduce((sum, socket) => sum + heldOf(socket, binding), 0);
}

/** Takes one event in. Deterministic: the same events in the same order give the same ledger. */
export function apply(ledger: Ledger, event: Event): void {
  if (event.t > ledger.now) ledger.now = event.t;
  switch (event.kind) {
    case "lost":
      ledger.lost[event.what] += event.count;
      ledger.lostAt = ledger.now;
      return;
    case "end":
      ledger.ended = event.reason === "stopped" ? "" : event.detail;
      return;
    case "tick":
    case "bindfail":
      return;
    case "bind":
      bind(ledger, newBinding(event));
      return;
    case "queue":
    case "unbind":
    case "free":
    case "dry":
      return applyBinding(ledger, event);
    default:
      return applySocket(ledger, event);
  }
}

function bind(ledger: Ledger, binding: Binding): Binding {
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
      binding.heldAtUnbind = held(ledger, binding);
      releasedAt(ledger, binding, event.t);
      return;
    case "free":
      binding.freedAt = event.t;
      ledger.bound.delete(event.binding);
      return;
  }
}

type SocketEvent = Exclude<
  ProbeEvent,
  { kind: "bind" | "bindfail" | "queue" | "unbind" | "free" | "dry" | "tick" }
>;

function applySocket(ledger: Ledger, event: SocketEvent): void {
  const socket = socketOf(ledger, event);
  if (!socket && event.kind === "issue") return tokenIssued(earlyTokens(ledger, event.sk), event);
  if (!socket) return isMisstep(event) ? misstep(ledger.findings, event) : undefined;
  switch (event.kind) {
    case "socket":
      introduce(socket, event, ledger.bound.get(event.binding) ?? bind(ledger, newBinding(event)));
      break;
    case "count":
      count(socket, event);
      break;
    case "close":
      close(socket, event);
      break;
    case "destroy":
      destroy(socket, event);
      ledger.current.delete(event.sk);
      break;
    case "issue":
    case "return":
      return token(socket, event);
    default:
      return misstep(socket.findings, event);
  }
  for (const { binding } of socket.shares) follow(ledger, binding, event.t);
}

function earlyTokens(ledger: Ledger, sk: string): Socket["tokens"] {
  const tokens = ledger.early.get(sk) ?? new Map();
  ledger.early.set(sk, tokens);
  return tokens;
}

function isMisstep(event: SocketEvent): event is Misstep {
  return (
    event.kind === "refused" || event.kind === "short" || event.kind === "recverr" || event.kind === "peek"
  );
}

/** The socket an event speaks of; a line that carries a birth can introduce one whose first line was lost. */
function socketOf(ledger: Ledger, event: SocketEvent): Socket | undefined {
  const known = ledger.current.get(event.sk);
  if (!("born" in event)) return known;
  if (known && (known.born === event.born || event.born === 0)) return known;
  if (event.kind === "count" && event.t < (known?.born ?? 0)) return undefined;
  const socket = newSocket(event.sk, event.born);
  if (event.kind === "recverr") Object.assign(socket, { pid: event.pid, comm: event.comm });
  socket.tokens = ledger.early.get(event.sk) ?? socket.tokens;
  ledger.early.delete(event.sk);
  ledger.sockets.push(socket);
  ledger.current.set(event.sk, socket);
  return socket;
}

/** After a socket's totals moved: the slope of what its binding has out, and whether the last holder let go. */
function follow(ledger: Ledger, binding: Binding, t: number): void {
  if (binding.freedAt >= 0) return;
  if (binding.unboundAt < 0) sample(binding, t, held(ledger, binding));
  else releasedAt(ledger, binding, t);
}

function releasedAt(ledger: Ledger, binding: Binding, t: number): void {
  if (binding.lastReleaseAt < 0 && holders(ledger, binding).length === 0) binding.lastReleaseAt = t;
}
