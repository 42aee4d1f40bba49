// carry-over - The events before some time that a recording which begins then must repeat, so that it can be read alone.
//
// A file of a flight recorder, and every part after the first, begins with them: the events that introduced each socket and
// binding that still exists, its newest totals, the tokens it holds. They are the original events in their order, so any
// ledger can read them. Destroyed sockets, freed bindings and findings are left out. Returns through other sockets in
// manual mode cannot be restored by a few events: a `lost` event stands for them.

import type { Event, Header } from "../events/event.ts";
import { apply } from "../ledger/ledger.ts";
import { type CarriedState, newState, place, prepare, prune, unrestorable } from "./carried-state.ts";
import { eventsIn, withCallers } from "./kept-events.ts";

/** Events after which what is over is forgotten. */
const PRUNE_EVENTS = 4096;

/** Takes the events of a trace and knows which of them a recording that begins now has to repeat. */
export class CarryOver {
  #state: CarriedState;

  constructor(header: Header) {
    this.#state = newState(header);
  }

  /** An independent copy. */
  copy(): CarryOver {
    const copy = new CarryOver(this.#state.ledger.header);
    copy.#state = structuredClone(this.#state);
    return copy;
  }

  /** The events to begin with, in the order they came. */
  events(): Event[] {
    prune(this.#state);
    const { sockets, bindings, others, early } = this.#state;
    const subjects = [...sockets.values(), ...bindings.values(), ...others.values()];
    const all = new Set([...subjects.flatMap(eventsIn), ...withCallers([...early.values()].flat())]);
    const events = [...all].sort((a, b) => a.order - b.order).map(({ event }) => this.rebase(event));
    return [...events, ...unrestorable(this.#state)];
  }

  /** An event as it must read in a recording that begins now: the kernel's totals without what was left out. */
  rebase(event: Event): Event {
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
    const state = this.#state;
    const changes = apply(state.ledger, event);
    prepare(state, event);
    place(state, event, changes);
    if (state.order % PRUNE_EVENTS === 0) prune(state);
  }
}
