// source - What the shell shows: a stream being followed (live-source.ts) or a recording moved through (replay-source.ts).

import type { Ledger } from "../../collector/ledger/state.ts";
import type { Effect } from "../input/update.ts";
import type { Stage } from "../state/view.ts";

/** An effect that concerns the source. */
export type Command = Exclude<Effect, { do: "quit" | "write" }>;

export interface Source {
  /** What there is to show now. */
  stage(): Omit<Stage, "missed">;
  /** Works until there is nothing left to do; calls `changed` whenever the stage did. Rejects on an error of our own. */
  run(changed: () => void): Promise<void>;
  /** Moves on by `ms` of real time, where that is how it moves. */
  advance(ms: number): Promise<void>;
  /** Does what a key asked for; resolves with a sentence for the user, empty where there is nothing to say. */
  command(command: Command): Promise<string>;
  /** Ends it, and gives the ledger the report is made of; null when there never was one. Throws what it failed with. */
  leave(): Promise<Ledger | null>;
  /** Ends it without caring for the rest: nothing of it may keep the process alive. */
  abandon(): void;
}
