// holds - Levels holds and profile: what the kernel map of births knows of one socket's tokens.

import type { ProbeEvent } from "../../events/event.ts";

/** Running totals of one socket as of `at`. Times are ns since t0, lengths of time ns; -1: none. */
export interface Holds {
  at: number;
  /** Tokens it holds whose birth is known, and the earliest of these births. */
  tracked: number;
  oldest: number;
  /** Sum of their ages at `at`, token-ns. */
  age: number;
  /** Sum of the holds of all returned tokens, token-ns. */
  total: number;
  /** Tokens returned after one that was issued later. */
  overtaken: number;
  /** Tokens issued whose birth found no room in the map, and tokens returned without a known birth. */
  untracked: number;
  unknown: number;
}

/** The totals in a line of the probes, unless a later one, as that of a destroy, was printed before it. */
export function newestHolds(event: ProbeEvent<"hold">, known: Holds | null): Holds {
  const { t, held, oldest, age, total, overtaken, untracked, unknown } = event;
  if (known && t < known.at) return known;
  return {
    at: t,
    tracked: held,
    oldest: held > 0 ? oldest : -1,
    age,
    total,
    overtaken,
    untracked,
    unknown,
  };
}

/** Of the `outstanding` tokens it holds, those whose birth is not known. */
export function unaged({ untracked, unknown }: Holds, outstanding: number): number {
  return Math.max(0, Math.min(outstanding, untracked - unknown));
}

/**
 * Tokens outstanding on average over the time from `born` to the line: every token counts for as long as it was held.
 * Of tokens whose birth is known only.
 */
export function meanHeld({ at, total, age }: Holds, born: number): number {
  return at > born ? (total + age) / (at - born) : 0;
}
