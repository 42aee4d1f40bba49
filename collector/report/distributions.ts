// distributions - How long tokens were held and how many a return names, of each socket: what level `tokens` tells.

import type { Event } from "../events/event.ts";
import { newProfile, type Profile, sumOf } from "../ledger/profile.ts";
import { measure } from "../ledger/profile-events.ts";
import type { Ledger, Socket } from "../ledger/state.ts";
import type { Watcher } from "./selection.ts";

export interface Distributions extends Watcher {
  sockets: Map<Socket, Profile>;
}

/** A watcher that measures every return it sees from time `from` (ns since t0) on. */
export function newDistributions(from: number): Distributions {
  const sockets = new Map<Socket, Profile>();
  return { sockets, before: (event, ledger) => take(sockets, event, ledger, from) };
}

function take(sockets: Map<Socket, Profile>, event: Event, ledger: Ledger, from: number): void {
  if ((event.kind !== "return" && event.kind !== "bucket") || event.t < from) return;
  const socket = ledger.current.get(event.sk);
  if (!socket) return;
  const profile = sockets.get(socket) ?? newProfile();
  sockets.set(socket, profile);
  measure(profile, ledger, event);
}

/** The sum of what was measured of these sockets. */
export function measuredOf({ sockets }: Distributions, chosen: Socket[]): Profile {
  return sumOf(chosen.map((socket) => sockets.get(socket) ?? newProfile()));
}
