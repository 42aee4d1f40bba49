// token-flows - Level tokens: each token's issue and return as instants on their threads, joined by an arrow.

import type { Event, ProbeEvent } from "../../events/event.ts";
import { itemsOf } from "../../ledger/changes.ts";
import type { Changes, Gone } from "../../ledger/state/ledger.ts";
import type { Socket } from "../../ledger/state/socket-and-binding.ts";
import { bookOf } from "../../ledger/tokens/books.ts";
import type { Packets } from "./packets.ts";
import type { Tracks } from "./tracks.ts";

export class TokenFlows {
  readonly #packets: Packets;
  readonly #tracks: Tracks;
  /** The flow of each token that may still be returned. Token numbers are reused, so the key has the time of issue too. */
  readonly #flows = new Map<string, number>();
  #last = 0;

  constructor(packets: Packets, tracks: Tracks) {
    this.#packets = packets;
    this.#tracks = tracks;
  }

  /** Takes one event in, and what it changed in the ledger. */
  take(event: Event, { gone, socket }: Changes): void {
    const ending = itemsOf(gone).flatMap((one) => this.#ended(one));
    if (event.kind === "issue") this.#issued(event);
    else if (event.kind === "return") this.#returned(event, ending);
    else if (event.kind === "destroy" && socket) this.#forget(socket);
  }

  #issued(event: ProbeEvent<"issue">): void {
    const { t, pid, tid, comm, token, dmabuf, offset, size } = event;
    const flow = ++this.#last;
    this.#flows.set(key(event.sk, token, t), flow);
    const track = this.#tracks.thread(pid, tid, comm);
    this.#packets.instant(track, t, "issue", { token, dmabuf, offset, size }, { starts: [flow] });
  }

  #returned({ t, pid, tid, comm, first, count }: ProbeEvent<"return">, ending: number[]): void {
    const track = this.#tracks.thread(pid, tid, comm);
    this.#packets.instant(track, t, "return", { first, count }, { ends: ending });
  }

  #ended({ owner, token }: Gone): number[] {
    const name = key(owner.sk, token.token, token.issuedAt);
    const flow = this.#flows.get(name);
    this.#flows.delete(name);
    return flow === undefined ? [] : [flow];
  }

  /** Except in manual mode, what a destroyed socket leaves behind is never returned. */
  #forget(socket: Socket): void {
    if (!bookOf(socket).isPrivate) return;
    for (const { token, issuedAt } of socket.leaked) this.#flows.delete(key(socket.sk, token, issuedAt));
  }
}

function key(sk: string, token: number, issuedAt: number): string {
  return `${sk} ${token} ${issuedAt}`;
}
