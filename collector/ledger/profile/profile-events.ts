// profile-events - What one event adds to a profile: a token at level tokens, a bucket's new count at the others.

import { add, bucketOf, count, lowOf } from "../../base/histogram.ts";
import type { ProbeEvent } from "../../events/event.ts";
import type { Changes, Ledger } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import type { Profile } from "./profile.ts";

/** A token was handed out. */
export function measureIssue({ sizes }: Profile, { size }: ProbeEvent<"issue">): void {
  add(sizes, size);
}

/** A range of tokens was named in a return; `gone`: those it gave back. */
export function measureReturn(profile: Profile, event: ProbeEvent<"return">, { gone }: Changes): void {
  add(profile.ranges, event.count);
  for (let i = 0; i < gone.count; i++)
    add(profile.holds, event.t - (gone.items[i]?.token.issuedAt ?? event.t));
}

/** A bucket's count has `grown`. Of the values in it only its bounds are known: its middle stands for all. */
export function measureBucket(profile: Profile, event: ProbeEvent<"bucket">, { grown }: Changes): void {
  const bucket = bucketOf(event.low);
  const middle = (event.low + lowOf(bucket + 1) - 1) / 2;
  if (grown > 0) count(profile[event.of], bucket, grown, grown * middle);
}

/** The probes print a bucket's running count. */
export function onBucket({ changes }: Ledger, { profile }: Socket, event: ProbeEvent<"bucket">): void {
  changes.grown = Math.max(0, event.count - (profile[event.of].counts[bucketOf(event.low)] ?? 0));
  measureBucket(profile, event, changes);
}
