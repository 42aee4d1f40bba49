// distributions - Level tokens: how long tokens were held and how many a return names, for each socket.

import type { Event } from "../events/event.ts";
import { newProfile, type Profile, sumOf } from "../ledger/profile/profile.ts";
import { measureBucket, measureReturn } from "../ledger/profile/profile-events.ts";
import type { Changes } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import type { Watcher } from "./selection.ts";

export interface Distributions extends Watcher {
  sockets: Map<Socket, Profile>;
}

/** A watcher that measures every return it sees from time `from` (ns since t0) on. */
export function newDistributions(from: number): Distributions {
  const sockets = new Map<Socket, Profile>();
  return { sockets, take: (event, _, changes) => take(sockets, event, changes, from) };
}

function take(sockets: Map<Socket, Profile>, event: Event, changes: Changes, from: number): void {
  const { socket } = changes;
  if ((event.kind !== "return" && event.kind !== "bucket") || event.t < from || !socket) return;
  const profile = sockets.get(socket) ?? newProfile();
  sockets.set(socket, profile);
  if (event.kind === "return") measureReturn(profile, event, changes);
  else measureBucket(profile, event, changes);
}

/** The sum of what was measured of these sockets. */
export function measuredOf({ sockets }: Distributions, chosen: Socket[]): Profile {
  return sumOf(chosen.map((socket) => sockets.get(socket) ?? newProfile()));
}
