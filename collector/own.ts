// own - The one table of what the tracer itself has to say, beside the probes' lines (grammar.ts).

import type { Fields } from "./fields.ts";

/** What can lose an event. bpftrace: its ring buffer was full; parse: a line nobody could read; map: a kernel map was full. */
export const LOSSES = ["bpftrace", "parse", "map"] as const;

/** Every event the tracer adds. */
export const own = {
  // Evidence that is missing: `count` events, known to be lost by time t. detail: what could not be read, shortened;
  // empty where nothing is known of it.
  lost: { t: "time", count: "int", what: LOSSES, detail: "rest" },
  // The trace's last event: why it ended. `died` leaves everything after the last event before it unknown. detail: one
  // sentence for the user, empty when stopped on purpose.
  end: { t: "time", reason: ["stopped", "died"], detail: "rest" },
} as const satisfies Record<string, Fields>;

export type Own = typeof own;
