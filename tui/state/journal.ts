// journal - What happened, a line each: what `live --plain` prints without the running totals. Bounded in memory.

import { countsTokens, type Event, having } from "../../collector/events/event.ts";
import type { Changes, Ledger } from "../../collector/ledger/state/ledger.ts";
import { lineFor } from "../../collector/report/event-lines.ts";
import { socketVerdict } from "../../collector/verdict/socket-verdict.ts";
import { cell } from "../draw/cell-text.ts";
import type { Role } from "../draw/styled-line.ts";

export interface Entry {
  /** Counts up from 1. */
  id: string;
  text: string;
  role: Role;
  /** Kernel pointer of the socket it is about; empty where it is about none. */
  sk: string;
}

export interface Journal {
  entries: Entry[];
  written: number;
}

const MAX_ENTRIES = 1000;
const isNoteworthy = having("loud", "news", "trouble");
const isTrouble = having("loud", "trouble");

/** A journal without entries. */
export function newJournal(): Journal {
  return { entries: [], written: 0 };
}

/** Writes down what `event` changed in the ledger; nothing where it only moved totals. */
export function write(journal: Journal, ledger: Ledger, event: Event, changes: Changes): void {
  if (!isNoteworthy(event) || isSample(ledger, event)) return;
  const line = lineFor(ledger, event, changes);
  if (line === null) return;
  journal.written += 1;
  const sk = "sk" in event ? event.sk : "";
  journal.entries.push({
    id: String(journal.written),
    text: cell(line),
    role: roleOf(ledger, event, changes),
    sk,
  });
  if (journal.entries.length > MAX_ENTRIES) journal.entries.shift();
}

/** Level sampled: a periodic reading of what a socket holds. */
function isSample(ledger: Ledger, event: Event): boolean {
  return event.kind === "reading" && !countsTokens(ledger.header.level);
}

function roleOf(ledger: Ledger, event: Event, { socket, entered }: Changes): Role {
  if (event.kind === "end") return event.reason === "died" ? "warn" : "dim";
  if (isTrouble(event)) return "warn";
  if (!socket || (entered !== "closed" && entered !== "destroyed")) return "text";
  return socket.heldAtClose > 0 ? verdictRole(socketVerdict(ledger, socket).verdict) : "text";
}

/** How the verdict on a socket, a binding or the run is shown. */
export function verdictRole(verdict: string): Role {
  switch (verdict) {
    case "clean":
    case "unbound clean":
    case "returned elsewhere":
      return "good";
    case "open":
    case "bound":
      return "text";
    case "inconclusive":
      return "warn";
    default:
      return "bad";
  }
}
