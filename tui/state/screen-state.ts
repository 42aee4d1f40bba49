// screen-state - What the screen is drawn from: the ledger, and the past that only a screen keeps.

import type { Event, Header } from "../../collector/events/event.ts";
import { apply, newLedger } from "../../collector/ledger/ledger.ts";
import type { Ledger } from "../../collector/ledger/state/ledger.ts";
import { type History, remember } from "./history.ts";
import { type Journal, newJournal, write } from "./journal.ts";

export interface ScreenState {
  ledger: Ledger;
  history: History;
  journal: Journal;
  /** Events applied so far: the difference of two states is what a pause has missed. */
  events: number;
}

/** The state before the first event. */
export function newScreenState(header: Header): ScreenState {
  return screenStateOf(newLedger(header));
}

/** The state of a ledger whose past is unknown. */
export function screenStateOf(ledger: Ledger): ScreenState {
  return { ledger, history: new Map(), journal: newJournal(), events: 0 };
}

/** Applies one event, by `step`: a recording keeps everything. Reads no clock and does no IO, as the ledger. */
export function feed(state: ScreenState, event: Event, step: typeof apply = apply): void {
  const changes = step(state.ledger, event);
  remember(state.history, event, changes);
  write(state.journal, state.ledger, event, changes);
  state.events += 1;
}

/** A copy that later events do not change: what is shown during a pause. */
export function freeze(state: ScreenState): ScreenState {
  return structuredClone(state);
}
