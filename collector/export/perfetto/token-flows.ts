// token-flows - Level tokens: each token's issue and return as instants on their threads, joined by an arrow.

import type { Event, ProbeEvent } from "../../events/event.ts";
import { type GivenBack, givenBack, overtaken } from "../../ledger/return-attribution.ts";
import type { Ledger } from "../../ledger/state.ts";
import type { Packets } from "./packets.ts";
import type { Tracks } from "./tracks.ts";

export class TokenFlows {
  readonly #packets: Packets;
  readonly #tracks: Tracks;
  /** The flow of each token that may still be returned. Token numbers are reused, so the key has the time of issue too. */
  readonly #flows = new Map<string, number>();
  #last = 0;
  #ending: number[] = [];

  constructor(packets: Packets, tracks: Tracks) {
    this.#packets = packets;
    this.#tracks = tracks;
  }

  /** Before the event is applied, while the ledger still knows which tokens a return gives back. */
  before(event: Event, ledger: Ledger): void {
    const earlier = event.kind === "issue" ? overtaken(ledger, event) : undefined;
    if (earlier) this.#ended(earlier);
    this.#ending = event.kind === "return" ? givenBack(ledger, event).flatMap((one) => this.#ended(one)) : [];
  }

  after(event: Event, ledger: Ledger): void {
    if (event.kind === "issue") this.#issued(event);
    else if (event.kind === "return") this.#returned(event);
    else if (event.kind === "destroy") this.#forget(event.sk, ledger);
  }

  #issued(event: ProbeEvent<"issue">): void {
    const { t, pid, tid, comm, token, dmabuf, offset, size } = event;
    const flow = ++this.#last;
    this.#flows.set(key(event.sk, token, t), flow);
    const track = this.#tracks.thread(pid, tid, comm);
    this.#packets.instant(track, t, "issue", { token, dmabuf, offset, size }, { starts: [flow] });
  }

  #returned({ t, pid, tid, comm, first, count }: ProbeEvent<"return">): void {
    const track = this.#tracks.thread(pid, tid, comm);
    this.#packets.instant(track, t, "return", { first, count }, { ends: this.#ending });
  }

  #ended({ owner, token }: GivenBack): number[] {
    const name = key(owner.sk, token.token, token.issuedAt);
    const flow = this.#flows.get(name);
    this.#flows.delete(name);
    return flow === undefined ? [] : [flow];
  }

  /** Except in manual mode, what a destroyed socket leaves behind is never returned. */
  #forget(sk: string, ledger: Ledger): void {
    const socket = ledger.sockets.findLast((one) => one.sk === sk);
    if (socket?.mode === "manual") return;
    for (const { token, issuedAt } of socket?.leaked ?? []) this.#flows.delete(key(sk, token, issuedAt));
  }
}

function key(sk: string, token: number, issuedAt: number): string {
  return `${sk} ${token} ${issuedAt}`;
}
