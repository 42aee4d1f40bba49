// carry-over - What of a trace still stands: of all events so far those that make its present state anew.
//
// A recording that does not begin with its trace (a flight recorder's stretch, a part after the first one) begins with
// these: the lines that introduced each socket and binding that is still there, its newest totals, the tokens it holds.
// They are events as they came, in their order, so that any ledger can read them. What is over (a destroyed socket, a
// freed binding) is left out, and so are findings. What cannot be told by a few lines, returns through other sockets in
// manual mode, is told as lost.

import { remember } from "../base/bounded-map.ts";
import type { Event, Header, LostEvent, ProbeEvent } from "../events/event.ts";
import { isKept } from "../ledger/evidence.ts";
import { apply, letGo, newLedger } from "../ledger/ledger.ts";
import type { Binding, Ledger, Socket } from "../ledger/state.ts";
import { numbersOf } from "../ledger/tokens.ts";

/** An event and its place among all that were taken; of a token also the line that told how it was received. */
interface Kept {
  order: number;
  event: Event;
  caller?: Kept | undefined;
}

/** What stands of one socket or binding. */
interface Rest {
  /** Kept for good: what introduced it, and what changed it once. */
  lines: Kept[];
  /** Of what comes again and again the newest, by kind. */
  newest: Map<string, Kept>;
  /** Level tokens: what was issued and not returned, by number, oldest first. */
  tokens: Map<number, Kept[]>;
}

interface State {
  order: number;
  /** Tells which socket or binding a line speaks of, and what is over. */
  ledger: Ledger;
  sockets: Map<Socket, Rest>;
  bindings: Map<Binding, Rest>;
  /** Level tokens: what was issued to a socket before its first line. */
  early: Map<string, Kept[]>;
  /** Who a pid is, told once: sockets it opens later are its too. The newest at the end. */
  processes: Map<number, Kept>;
  /** Level tokens: how each thread receives now. The newest at the end. */
  callers: Map<number, Kept>;
  /** What was lost, by what lost it: the sum at the time of the last. */
  losses: Map<string, Kept>;
  gaps: Kept[];
  sums: Kept | null;
  /** Of the kernel's totals, what tells of sockets and bindings that were left out. */
  over: { kept: number; unbound: number; freed: number };
}

const PRUNE_EVENTS = 4096;

/** Takes events in and tells which of them still stand. */
export class Standing {
  #state: State;

  constructor(header: Header) {
    this.#state = {
      ...{ order: 0, ledger: newLedger(header), sockets: new Map(), bindings: new Map(), early: new Map() },
      ...{ processes: new Map(), callers: new Map(), losses: new Map(), gaps: [], sums: null },
      over: { kept: 0, unbound: 0, freed: 0 },
    };
  }

  /** Another one that knows the same. */
  copy(): Standing {
    const copy = new Standing(this.#state.ledger.header);
    copy.#state = structuredClone(this.#state);
    return copy;
  }

  /** The events that stand, in the order they came. */
  events(): Event[] {
    this.#prune();
    const { sockets, bindings, processes, callers, losses, gaps, early, sums } = this.#state;
    const rests = [...sockets.values(), ...bindings.values()].flatMap(linesOf);
    const others = [
      ...losses.values(),
      ...gaps,
      ...withCallers([...early.values()].flat()),
      ...(sums ? [sums] : []),
    ];
    const all = new Set([...rests, ...processes.values(), ...callers.values(), ...others]);
    const events = [...all].sort((a, b) => a.order - b.order).map(({ event }) => this.fromHere(event));
    const muddle = this.#muddle();
    return muddle ? [...events, muddle] : events;
  }

  /** An event after the beginning as it has to stand there: the kernel's totals without what was left out. */
  fromHere(event: Event): Event {
    if (event.kind !== "sums") return event;
    const { kept, unbound, freed } = this.#state.over;
    const less = (total: number, over: number) => Math.max(0, total - over);
    return {
      ...event,
      kept: less(event.kept, kept),
      unbound: less(event.unbound, unbound),
      freed: less(event.freed, freed),
    };
  }

  take(event: Event): void {
    const { ledger } = this.#state;
    const kept: Kept = { order: this.#state.order++, event };
    if (event.kind === "issue") kept.caller = this.#state.callers.get(event.tid);
    const socket = "sk" in event ? ledger.current.get(event.sk) : undefined;
    const binding = "binding" in event ? ledger.bound.get(event.binding) : undefined;
    apply(ledger, event);
    if ("sk" in event && event.kind !== "pinned")
      this.#socket(event, kept, ledger.current.get(event.sk) ?? socket);
    else this.#other(event, kept, binding);
    if (this.#state.order % PRUNE_EVENTS === 0) this.#prune();
  }

  #other(event: Event, kept: Kept, binding: Binding | undefined): void {
    const { ledger, gaps, processes, callers } = this.#state;
    switch (event.kind) {
      case "lost":
        return this.#lose(event, kept.order);
      case "gap":
        this.#fixTotals();
        gaps.push(kept);
        return;
      case "resumed":
        this.#state.over = { kept: 0, unbound: 0, freed: 0 };
        this.#state.sums = null;
        gaps.push(kept);
        return;
      case "process":
        return remember(processes, event.pid, kept);
      case "caller":
        return remember(callers, event.tid, kept);
      case "sums":
        this.#state.sums = kept;
        return;
      case "bind":
        return this.#bindingLine(ledger.bound.get(event.binding), kept);
      case "pinned":
        return this.#pinned(event, kept, binding);
      case "dry":
        if (binding) restOf(this.#state.bindings, binding).newest.set(event.kind, kept);
        return;
      case "unbind":
      case "swept":
        this.#fixTotals();
        return this.#bindingLine(binding ?? ledger.bindings.findLast((b) => b.ptr === event.binding), kept);
      case "queue":
      case "free":
        return this.#bindingLine(binding, kept);
    }
  }

  #bindingLine(binding: Binding | undefined, kept: Kept): void {
    if (binding) restOf(this.#state.bindings, binding).lines.push(kept);
  }

  #pinned({ sk, born }: ProbeEvent<"pinned">, kept: Kept, binding: Binding | undefined): void {
    const { ledger, sockets } = this.#state;
    const socket = ledger.current.get(sk) ?? ledger.sockets.findLast((s) => s.sk === sk && s.born === born);
    if (socket) restOf(sockets, socket).lines.push(kept);
    else this.#bindingLine(binding, kept);
  }

  #lose(event: LostEvent, order: number): void {
    const before = this.#state.losses.get(event.what)?.event;
    const count = event.count + (before?.kind === "lost" ? before.count : 0);
    this.#state.losses.set(event.what, { order, event: { ...event, count } });
  }

  /** What was held at an unbind, or before a gap, depends on the totals known then: they stand beside the newest ones. */
  #fixTotals(): void {
    for (const { lines, newest } of this.#state.sockets.values()) {
      const totals = newest.get("count");
      if (totals && lines.at(-1) !== totals) lines.push(totals);
    }
  }

  #socket(event: Event & { sk: string }, kept: Kept, socket: Socket | undefined): void {
    const { sockets, early } = this.#state;
    if (!socket) {
      if (event.kind === "issue") early.set(event.sk, [...(early.get(event.sk) ?? []), kept]);
      return;
    }
    const rest = restOf(sockets, socket);
    for (const issue of early.get(event.sk) ?? []) issued(rest, issue);
    early.delete(event.sk);
    // What a reading put right, and that it was wrong before, stands; of the others the newest.
    if (event.kind === "reading" && socket.rebasedAt === event.t) rest.lines.push(kept);
    else addLine(rest, event, kept);
  }

  /** Returns through other sockets: whose tokens are out cannot be made anew. */
  #muddle(): Event | null {
    const { ledger, sockets, bindings } = this.#state;
    const passed = [...sockets.keys()].filter(
      (s) => s.forOthers > 0 || s.elsewhere.length + s.announced.length > 0,
    );
    const unknown = [...bindings.keys()].filter((binding) => binding.unattributed.length > 0);
    const count = passed.length + unknown.length;
    const detail = "tokens had been returned through other sockets before this recording begins";
    return count === 0 ? null : { kind: "lost", t: ledger.now, count, what: "unkept", detail };
  }

  /** Lets go of what is over, but counts what the kernel's totals say of it. */
  #prune(): void {
    const { ledger, sockets, bindings, early, over } = this.#state;
    letGo(ledger, Number.POSITIVE_INFINITY);
    const standing = new Set(ledger.sockets);
    for (const socket of sockets.keys()) {
      if (standing.has(socket)) continue;
      if (isKept(socket)) over.kept += 1;
      sockets.delete(socket);
    }
    const used = new Set([
      ...ledger.bindings,
      ...ledger.sockets.flatMap((s) => s.shares.map((share) => share.binding)),
    ]);
    for (const binding of bindings.keys()) {
      if (used.has(binding)) continue;
      if (binding.unboundAt >= 0) over.unbound += 1;
      if (binding.freedAt >= 0) over.freed += 1;
      bindings.delete(binding);
    }
    for (const sk of early.keys()) if (!ledger.early.has(sk)) early.delete(sk);
  }
}

function restOf<One>(rests: Map<One, Rest>, one: One): Rest {
  const known = rests.get(one) ?? { lines: [], newest: new Map(), tokens: new Map() };
  rests.set(one, known);
  return known;
}

function addLine(rest: Rest, event: Event, kept: Kept): void {
  switch (event.kind) {
    case "socket":
    case "manual":
    case "held":
    case "close":
    case "destroy":
      rest.lines.push(kept);
      return;
    case "count":
    case "hold":
    case "calls":
    case "wait":
    case "reading":
      rest.newest.set(event.kind, kept);
      return;
    case "bucket":
      rest.newest.set(`${event.of} ${event.low}`, kept);
      return;
    case "mode":
      // The first one tells what the socket held when the trace met it.
      if (!rest.newest.has(event.kind)) rest.lines.push(kept);
      rest.newest.set(event.kind, kept);
      return;
    case "issue":
      return issued(rest, kept);
    case "return":
      for (const number of numbersOf(event)) returned(rest, number);
      return;
  }
}

function issued({ tokens }: Rest, kept: Kept): void {
  if (kept.event.kind !== "issue") return;
  const holds = tokens.get(kept.event.token);
  if (holds) holds.push(kept);
  else tokens.set(kept.event.token, [kept]);
}

function returned({ tokens }: Rest, number: number): void {
  const holds = tokens.get(number);
  holds?.shift();
  if (holds?.length === 0) tokens.delete(number);
}

function linesOf({ lines, newest, tokens }: Rest): Kept[] {
  return [...lines, ...newest.values(), ...withCallers([...tokens.values()].flat())];
}

function withCallers(tokens: Kept[]): Kept[] {
  return tokens.flatMap((kept) => (kept.caller ? [kept.caller, kept] : [kept]));
}
