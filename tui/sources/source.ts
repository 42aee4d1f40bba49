// source - Where the screen gets its events: a stream followed live (live-source.ts) or a recording replayed (replay-source.ts).

import type { Ledger } from "../../collector/ledger/state/ledger.ts";
import type { Effect } from "../input/update.ts";
import type { SourceStatus } from "../state/view.ts";

/** An effect that the source carries out. */
export type Command = Exclude<Effect, { do: "quit" | "save" }>;

export interface Source {
  /** What there is to show now. */
  status(): SourceStatus;
  /** Works until nothing is left to do; calls `changed` whenever the status changed. Rejects on a programming error. */
  run(changed: () => void): Promise<void>;
  /** Moves on by `ms` of real time; does nothing where events arrive by themselves. */
  advance(ms: number): Promise<void>;
  /** Carries out what a key asked for; resolves with a sentence for the user, empty: none. */
  command(command: Command): Promise<string>;
  /** Ends the source and resolves with the ledger for the report, null if there never was one. Throws what it failed with. */
  leave(): Promise<Ledger | null>;
  /** Ends the source without a report; nothing of it may keep the process alive. */
  abandon(): void;
}
