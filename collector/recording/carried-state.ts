// carried-state - Which of the events so far are about what still exists, and what the totals count of the rest.

import { type Event, type EventWith, type Header, having } from "../events/event.ts";
import { isKept } from "../ledger/evidence/close-evidence.ts";
import { forgetOver, newLedger } from "../ledger/ledger.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import type { Binding, Socket } from "../ledger/state/socket-and-binding.ts";
import { isIssue, type Kept, type KeptEvents, keep, keyOf, noEvents } from "./kept-events.ts";

export interface CarriedState {
  order: number;
  /** Knows which socket or binding an event is about, and what is over. */
  ledger: Ledger;
  sockets: Map<Socket, KeptEvents>;
  bindings: Map<Binding, KeptEvents>;
  /** What is about neither, by kind. */
  others: Map<Event["kind"], KeptEvents>;
  /** Level tokens: issued to a socket before the event that introduces it, by kernel pointer. */
  early: Map<string, Kept[]>;
  /** The share of the kernel's totals (`sums`) that belongs to sockets and bindings that were left out. */
  over: Over;
}

type Over = Record<"kept" | "unbound" | "freed", number>;

const isAboutSocket = having("about", "socket");
const isAboutBinding = having("about", "binding");

export function newState(header: Header): CarriedState {
  return {
    order: 0,
    ledger: newLedger(header),
    sockets: new Map(),
    bindings: new Map(),
    others: new Map(),
    early: new Map(),
    over: nothingOver(),
  };
}

function nothingOver(): Over {
  return { kept: 0, unbound: 0, freed: 0 };
}

function keptOf(state: CarriedState, event: Event): Kept {
  const kept: Kept = { order: state.order++, event };
  if (isIssue(event)) kept.caller = state.others.get("caller")?.newest.get(keyOf("caller", event.tid));
  return kept;
}

/** What an event changes about those kept before it. */
export function prepare(state: CarriedState, { kind }: Event): void {
  if (kind === "gap" || kind === "unbind" || kind === "swept") fixTotals(state);
  if (kind !== "resumed") return;
  // The probes' maps are new.
  state.over = nothingOver();
  state.others.delete("sums");
}

/** What was held at an unbind, or before a gap, depends on the totals known then: they stay beside the newest ones. */
function fixTotals({ sockets }: CarriedState): void {
  for (const { lines, newest } of sockets.values()) {
    const totals = newest.get("count");
    if (totals && lines.at(-1) !== totals) lines.push(totals);
  }
}

/** Puts an event, which made these changes, to those of its subject. */
export function place(state: CarriedState, event: Event, changes: Changes): void {
  const kept = keptOf(state, event);
  if (event.kind === "pinned") return placePinned(state, kept, changes);
  if (isAboutSocket(event)) return placeOnSocket(state, kept, event, changes);
  if (!isAboutBinding(event)) return keep(eventsOf(state.others, event.kind), kept);
  if (changes.binding) keep(eventsOf(state.bindings, changes.binding), kept);
}

function placeOnSocket(
  { sockets, early }: CarriedState,
  kept: Kept,
  event: EventWith<"about", "socket">,
  { socket, rebased }: Changes,
): void {
  if (!socket) {
    if (isIssue(event)) early.set(event.sk, [...(early.get(event.sk) ?? []), kept]);
    return;
  }
  const events = eventsOf(sockets, socket);
  const issues = early.get(event.sk);
  if (issues) {
    for (const issue of issues) keep(events, issue);
    early.delete(event.sk);
  }
  // A reading that corrected the socket's base stays, since it also shows that the base was wrong before.
  if (event.kind === "reading" && rebased) events.lines.push(kept);
  else keep(events, kept);
}

/** About a socket, which may be destroyed; at unbind about the binding. */
function placePinned({ sockets, bindings }: CarriedState, kept: Kept, { socket, binding }: Changes): void {
  if (socket) keep(eventsOf(sockets, socket), kept);
  else if (binding) keep(eventsOf(bindings, binding), kept);
}

function eventsOf<Subject>(all: Map<Subject, KeptEvents>, subject: Subject): KeptEvents {
  const known = all.get(subject);
  if (known) return known;
  const none = noEvents();
  all.set(subject, none);
  return none;
}

/** Returns through other sockets: whose tokens are outstanding cannot be restored. */
export function unrestorable({ ledger, sockets, bindings }: CarriedState): Event[] {
  const passed = [...sockets.keys()].filter(
    ({ exchange: { forOthers, elsewhere, announced } }) =>
      forOthers > 0 || elsewhere.length + announced.length > 0,
  );
  const unknown = [...bindings.keys()].filter((binding) => binding.unattributed.length > 0);
  const count = passed.length + unknown.length;
  const detail = "tokens had been returned through other sockets before this recording begins";
  return count === 0 ? [] : [{ kind: "lost", t: ledger.now, count, what: "unkept", detail }];
}

/** Forgets what is over, but counts its share of the kernel's totals. */
export function prune(state: CarriedState): void {
  const { ledger, early } = state;
  forgetOver(ledger, Number.POSITIVE_INFINITY);
  pruneSockets(state);
  pruneBindings(state);
  for (const sk of early.keys()) if (!ledger.early.has(sk)) early.delete(sk);
}

function pruneSockets({ ledger, sockets, over }: CarriedState): void {
  const present = new Set(ledger.sockets);
  for (const socket of sockets.keys()) {
    if (present.has(socket)) continue;
    if (isKept(socket)) over.kept += 1;
    sockets.delete(socket);
  }
}

/** A binding stays while it exists or a socket refers to it. */
function pruneBindings({ ledger, bindings, over }: CarriedState): void {
  const referred = ledger.sockets.flatMap(({ shares }) => shares.map(({ binding }) => binding));
  const present = new Set([...ledger.bindings, ...referred]);
  for (const binding of bindings.keys()) {
    if (present.has(binding)) continue;
    if (binding.unboundAt >= 0) over.unbound += 1;
    if (binding.freedAt >= 0) over.freed += 1;
    bindings.delete(binding);
  }
}
