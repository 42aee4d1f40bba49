// screen-state - What the screen is drawn from: the ledger, and what only a screen remembers. One function takes an event in.

import type { Event, Header } from "../../collector/events/event.ts";
import { apply, newLedger } from "../../collector/ledger/ledger.ts";
import type { Ledger } from "../../collector/ledger/state.ts";
import { type History, remember } from "./history.ts";
import { type Journal, newJournal, write } from "./journal.ts";

export interface Shown {
  ledger: Ledger;
  history: History;
  journal: Journal;
  /** Events taken in, for what a pause has missed. */
  events: number;
}

/** What there is to show before the first event. */
export function newShown(header: Header): Shown {
  return shownFrom(newLedger(header));
}

/** What there is to show of a ledger whose past is not known. */
export function shownFrom(ledger: Ledger): Shown {
  return { ledger, history: new Map(), journal: newJournal(), events: 0 };
}

/** Takes one event in. No clock and no IO, as the ledger. */
export function feed(shown: Shown, event: Event): void {
  apply(shown.ledger, event);
  remember(shown.history, shown.ledger, event);
  write(shown.journal, shown.ledger, event);
  shown.events += 1;
}

/** A copy that later events do not change: what a pause shows. */
export function freeze(shown: Shown): Shown {
  return structuredClone(shown);
}
