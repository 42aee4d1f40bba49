// profile-events - What one event adds to a socket's profile: a single token at level tokens, a bucket's new total at the others.

import { add, bucketOf, count, type Histogram, lowOf } from "../base/histogram.ts";
import type { ProbeEvent } from "../events/event.ts";
import type { Profile } from "./profile.ts";
import { givenBack } from "./return-attribution.ts";
import type { Ledger } from "./state.ts";

/** Events that tell of holds, sizes or batches. */
export type Measured = ProbeEvent<"issue" | "return" | "bucket">;

/**
 * Takes one event in; to be called before it is applied: the ledger still knows what was issued when, and what was
 * counted before. `profile` is that of the event's socket, or one of a stretch of time.
 */
export function measure(profile: Profile, ledger: Ledger, event: Measured): void {
  switch (event.kind) {
    case "issue":
      return add(profile.sizes, event.size);
    case "return":
      return returned(profile, ledger, event);
    case "bucket":
      return grown(profile[event.of], ledger.current.get(event.sk)?.profile[event.of], event);
  }
}

function returned(profile: Profile, ledger: Ledger, event: ProbeEvent<"return">): void {
  add(profile.ranges, event.count);
  for (const { token } of givenBack(ledger, event)) add(profile.holds, event.t - token.issuedAt);
}

/** The probes print a bucket's running total. Of what is in it only its bounds are known: its middle stands for all. */
function grown(histogram: Histogram, known: Histogram | undefined, event: ProbeEvent<"bucket">): void {
  const bucket = bucketOf(event.low);
  const times = event.count - (known?.counts[bucket] ?? 0);
  const middle = (event.low + lowOf(bucket + 1) - 1) / 2;
  if (times > 0) count(histogram, bucket, times, times * middle);
}
