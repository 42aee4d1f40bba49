// profile - Level tokens: how long tokens were held, how large they are, how many a return names. Fed by events.

import type { Event, ProbeEvent } from "./event.ts";
import { add, type Histogram, newHistogram } from "./histogram.ts";
import type { Ledger } from "./ledger.ts";
import { givenBack } from "./returns.ts";

export interface Profile {
  /** Time from issue to return, ns. */
  holds: Histogram;
  /** Payload of one token, bytes. */
  sizes: Histogram;
  /** Tokens named by one range of a return (struct dmabuf_token, token_count). */
  ranges: Histogram;
}

/** A profile of nothing. */
export function newProfile(): Profile {
  return { holds: newHistogram(), sizes: newHistogram(), ranges: newHistogram() };
}

/** Takes one event in; to be called before it is applied: the ledger still knows when the returned tokens were issued. */
export function measure(profile: Profile, ledger: Ledger, event: Event): void {
  if (event.kind === "issue") add(profile.sizes, event.size);
  else if (event.kind === "return") returned(profile, ledger, event);
}

function returned(profile: Profile, ledger: Ledger, event: ProbeEvent<"return">): void {
  add(profile.ranges, event.count);
  for (const { token } of givenBack(ledger, event)) add(profile.holds, event.t - token.issuedAt);
}
