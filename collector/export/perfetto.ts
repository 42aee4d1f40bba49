// perfetto - A recording as a Perfetto trace: tracks per binding, process, thread and socket, counters, leaks, flows.

import { type EventWith, having } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Socket } from "../ledger/state.ts";
import type { Stream } from "../recording/stream.ts";
import { Sampler } from "../report/sampler.ts";
import { bindingStates, socketStates } from "./lifecycle-slices.ts";
import { Packets } from "./packets.ts";
import { Flowing } from "./token-flows.ts";
import { Tracks } from "./tracks.ts";

/** Bytes gathered before they are handed on. */
const CHUNK = 65536;

/** What happens to a socket beyond its tokens and its end: an instant on its track. */
const isInstant = having("family", "finding", "handover");

/** Counters, tokens and missteps as they come; what a socket or binding went through at the end, when it is known. */
export async function* perfetto({ header, events }: Stream): AsyncGenerator<Uint8Array> {
  const packets = new Packets(header);
  const ledger = newLedger(header);
  const tracks = new Tracks(packets);
  const flowing = new Flowing(packets, tracks);
  const sampler = new Sampler({
    socket: (socket, { t, held, pinned }) => {
      packets.counter(tracks.outstanding(socket), t, held);
      packets.counter(tracks.pinned(socket), t, pinned);
    },
    binding: (binding, { t, held, pinned }) => {
      packets.counter(tracks.outstanding(binding), t, held);
      packets.counter(tracks.pinned(binding), t, pinned);
    },
  });
  for await (const event of events) {
    const changes = apply(ledger, event);
    flowing.take(event, changes);
    sampler.take(event, ledger, changes);
    if (event.kind === "lost")
      packets.instant(tracks.losses(), event.t, `${event.count} events lost`, {
        what: event.what,
        detail: event.detail,
      });
    else if (isInstant(event)) instant(event, changes.socket);
    if (packets.size >= CHUNK) yield packets.take();
  }
  for (const socket of ledger.sockets) socketStates(packets, tracks, ledger, socket);
  for (const binding of ledger.bindings) bindingStates(packets, tracks, ledger, binding);
  yield packets.take();

  function instant(event: EventWith<"family", "finding" | "handover">, socket: Socket | null): void {
    const { kind, t, sk: _, ...notes } = event;
    packets.instant(socket ? tracks.of(socket) : tracks.strangers(), t, kind, notes);
  }
}
