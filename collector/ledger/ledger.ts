// ledger - Who holds what: the one place where events change state. No clock, no IO; time is in the event.

import { remember } from "../base/bounded-map.ts";
import { newRecentMap } from "../base/recent-map.ts";
import {
  type Event,
  type Header,
  isTracerEvent,
  type ProbeEvent,
  type TracerEvent,
} from "../events/event.ts";
import { onBind, onDry, onFree, onQueue, onSwept, onUnbind } from "./bindings/binding-events.ts";
import { clear, newChanges } from "./changes.ts";
import { newChecks, onChecked, onUnchecked } from "./evidence/checks.ts";
import { newEvidence, onGap, onLost, onResumed, onStall, onSums } from "./evidence/evidence.ts";
import { onPinned } from "./evidence/page-counts.ts";
import { onInflight } from "./evidence/page-pools.ts";
import { newLetGo } from "./let-go.ts";
import { addSample } from "./profile/cpu-samples.ts";
import { onBucket } from "./profile/profile-events.ts";
import { socketOf } from "./sockets/meet.ts";
import { onMisuse } from "./sockets/misuse.ts";
import { outstanding } from "./sockets/socket.ts";
import {
  onCalls,
  onClose,
  onCount,
  onDestroy,
  onFirstTokens,
  onHeld,
  onHold,
  onMode,
  onReading,
} from "./sockets/socket-events.ts";
import type { Changes, Ledger, SocketEvent } from "./state/ledger.ts";
import type { Binding, Socket } from "./state/socket-and-binding.ts";
import { announce, attributeAll } from "./tokens/handovers.ts";
import { addMixed } from "./tokens/mixed-returns.ts";
import { onCaller, onIssue, onReturn } from "./tokens/token-events.ts";

/** An empty ledger for a stream that starts with `header`. */
export function newLedger(header: Header): Ledger {
  return {
    header,
    sockets: [],
    finished: [],
    letGo: newLetGo(),
    current: new Map(),
    destroyed: newRecentMap(),
    early: new Map(),
    callers: new Map(),
    bindings: [],
    bound: new Map(),
    findings: [],
    processes: new Map(),
    samples: new Map(),
    cost: null,
    programs: new Map(),
    checks: newChecks(),
    ...newEvidence(),
    now: 0,
    ended: null,
    changes: newChanges(),
  };
}

/**
 * Takes one event in and returns what it changed, which holds until the next event. Deterministic: the same events in the
 * same order give the same ledger.
 */
export function apply(ledger: Ledger, event: Event): Changes {
  clear(ledger.changes);
  if (event.t > ledger.now) ledger.now = event.t;
  if (ledger.silentSince >= 0 && !isTracerEvent(event)) ledger.silentSince = -1;
  (HANDLERS[event.kind] as Handler<Event>)(ledger, event);
  return ledger.changes;
}

type Handler<E> = (ledger: Ledger, event: E) => void;

/** What each kind of event does. */
const HANDLERS: { readonly [K in Event["kind"]]: Handler<Extract<Event, { kind: K }>> } = {
  socket: ofSocket(onFirstTokens),
  manual: ofSocket(onFirstTokens),
  count: ofSocket(onCount),
  held: ofSocket(onHeld),
  close: ofSocket(onClose),
  destroy: ofSocket(onDestroy),
  foreign: ofAnySocket(announce),
  mixed: ofAnySocket(addMixed),
  reading: ofSocket(onReading),
  mode: ofAnySocket(onMode),
  refused: ofAnySocket(onMisuse),
  short: ofAnySocket(onMisuse),
  recverr: ofAnySocket(onMisuse),
  peek: ofAnySocket(onMisuse),
  second: ofAnySocket(onMisuse),

  issue: onIssue,
  return: onReturn,
  caller: onCaller,
  hold: ofSocket(onHold),
  bucket: ofSocket(onBucket),
  calls: ofSocket(onCalls),
  wait: ofSocket(onCalls),
  sample: ({ samples }, event) => addSample(samples, event),

  bind: onBind,
  bindfail: nothing,
  queue: ofBinding(onQueue),
  unbind: onUnbind,
  swept: onSwept,
  free: ofBinding(onFree),
  dry: ofBinding(onDry),
  pinned: onPinned,
  inflight: onInflight,

  tick: onTick,
  sums: onSums,
  lost: onLost,
  gap: onGap,
  resumed: onResumed,
  stall: onStall,
  checked: onChecked,
  unchecked: onUnchecked,
  // Joined with a round of readings before it comes here: see match-readings.ts.
  read: nothing,

  process: ({ processes }, event) => remember(processes, event.pid, event),
  cost: onCost,
  program: ({ programs }, event) => remember(programs, event.name, event),
  end: onEnd,
};

function nothing(): void {}

/** About a socket that is known, or that the line introduces. */
function ofSocket<E extends SocketEvent>(
  handler: (ledger: Ledger, socket: Socket, event: E) => void,
): Handler<E> {
  return (ledger, event) => {
    const socket = socketOf(ledger, event);
    if (!socket) return;
    ledger.changes.socket = socket;
    handler(ledger, socket, event);
  };
}

/** About a socket that may never have a token. */
function ofAnySocket<E extends SocketEvent>(handler: Handler<E>): Handler<E> {
  return (ledger, event) => {
    ledger.changes.socket = socketOf(ledger, event) ?? null;
    handler(ledger, event);
  };
}

function ofBinding<E extends { binding: string }>(
  handler: (ledger: Ledger, binding: Binding, event: E) => void,
): Handler<E> {
  return (ledger, event) => {
    const binding = ledger.bound.get(event.binding);
    if (!binding) return;
    ledger.changes.binding = binding;
    handler(ledger, binding, event);
  };
}

function onTick(ledger: Ledger, { t }: ProbeEvent<"tick">): void {
  ledger.ticks = [ledger.ticks[1], t];
  attributeAll(ledger, false);
}

function onCost(ledger: Ledger, event: TracerEvent<"cost">): void {
  ledger.cost = event;
}

function onEnd(ledger: Ledger, { reason, detail }: TracerEvent<"end">): void {
  ledger.ended = reason === "died" ? detail : "";
  attributeAll(ledger, reason === "stopped");
}

/**
 * Forgets what was over by time `t`, without a trace of it: sockets destroyed with nothing left, bindings freed. What is
 * left keeps its verdict; the run's is from then on that of the rest. For recordings that begin later; a ledger of which
 * somebody asks the verdict lets go of things by verdict/bounded-ledger.ts.
 */
export function forgetOver(ledger: Ledger, t: number): void {
  const isOver = (at: number) => at >= 0 && at < t;
  const isKept = (s: Socket) => !isOver(s.destroyedAt) || outstanding(s) > 0;
  ledger.sockets = ledger.sockets.filter(isKept);
  ledger.finished = ledger.finished.filter(isKept);
  ledger.bindings = ledger.bindings.filter((b) => !isOver(b.freedAt));
}
