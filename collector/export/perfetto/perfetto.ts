// perfetto - A recording as a Perfetto trace: tracks per binding, process, thread and socket, counters, leaks, flows.

import { plural } from "../../base/format.ts";
import { type Event, type EventWith, having, type LostEvent } from "../../events/event.ts";
import { apply, newLedger } from "../../ledger/ledger.ts";
import type { Ledger } from "../../ledger/state/ledger.ts";
import type { Binding, Socket } from "../../ledger/state/socket-and-binding.ts";
import { checked } from "../../output/memory.ts";
import type { Stream } from "../../recording/stream.ts";
import { type Point, Sampler } from "../../report/sampler.ts";
import { bindingSlices, socketSlices } from "./lifecycle-slices.ts";
import { Packets } from "./packets.ts";
import { TokenFlows } from "./token-flows.ts";
import { Tracks } from "./tracks.ts";

/** Bytes gathered before they are handed on. */
const CHUNK = 65536;

/** Counters, tokens and findings as they come; the slices of sockets and bindings at the end, when they are known. */
export async function* perfetto({ header, events }: Stream): AsyncGenerator<Uint8Array> {
  const packets = new Packets(header);
  const ledger = newLedger(header);
  const trace = new Trace(packets, ledger);
  for await (const event of events) {
    trace.take(event);
    if (packets.size >= CHUNK) yield packets.take();
  }
  for (const _ of trace.finish()) if (packets.size >= CHUNK) yield packets.take();
  yield packets.take();
}

/** What happens to a socket beyond its tokens and its end: an instant on its track. */
const isInstant = having("family", "finding", "handover");

/** Turns events, and what they change in the ledger, into packets. */
class Trace {
  readonly #packets: Packets;
  readonly #ledger: Ledger;
  readonly #tracks: Tracks;
  readonly #flows: TokenFlows;
  readonly #sampler: Sampler;

  constructor(packets: Packets, ledger: Ledger) {
    this.#packets = packets;
    this.#ledger = ledger;
    this.#tracks = new Tracks(packets);
    this.#flows = new TokenFlows(packets, this.#tracks);
    const draw = (one: Socket | Binding, point: Point) => this.#counters(one, point);
    this.#sampler = new Sampler({ socket: draw, binding: draw });
  }

  /** Applies the event to the ledger. */
  take(event: Event): void {
    const changes = apply(this.#ledger, event);
    this.#flows.take(event, changes);
    this.#sampler.take(event, this.#ledger, changes);
    if (event.kind === "lost") this.#loss(event);
    else if (isInstant(event)) this.#instant(event, changes.socket);
  }

  /** Yields after each socket and binding, so that the packets so far can be taken. */
  *finish(): Generator<void> {
    const ledger = this.#ledger;
    for (const socket of checked(ledger.sockets, 1000))
      yield socketSlices(this.#packets, this.#tracks, ledger, socket);
    for (const binding of checked(ledger.bindings, 1000))
      yield bindingSlices(this.#packets, this.#tracks, ledger, binding);
  }

  #counters(one: Socket | Binding, { t, held, pinned }: Point): void {
    this.#packets.counter(this.#tracks.outstanding(one), t, held);
    this.#packets.counter(this.#tracks.pinned(one), t, pinned);
  }

  #loss({ t, count, what, detail }: LostEvent): void {
    this.#packets.instant(this.#tracks.losses(), t, `${plural(count, "event")} lost`, { what, detail });
  }

  #instant(event: EventWith<"family", "finding" | "handover">, socket: Socket | null): void {
    const { kind, t, sk: _, ...notes } = event;
    this.#packets.instant(socket ? this.#tracks.of(socket) : this.#tracks.strangers(), t, kind, notes);
  }
}
