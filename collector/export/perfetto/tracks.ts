// tracks - The Perfetto track of each socket, binding, process and thread: made on first use, renamed when more is known.

import type { Binding, Socket } from "../../ledger/state/socket-and-binding.ts";
import type { Packets, Track } from "./packets.ts";

export class Tracks {
  readonly #packets: Packets;
  /** Keyed by the object, or the text, a track stands for. */
  readonly #known = new Map<unknown, { uuid: number; name: string }>();
  readonly #outstanding = new Map<Socket | Binding, number>();
  readonly #pinned = new Map<Socket | Binding, number>();

  constructor(packets: Packets) {
    this.#packets = packets;
  }

  /** The track of a socket, under its process, or of a binding. */
  of(one: Socket | Binding): number {
    if (!("sk" in one)) return this.#named(one, { name: `dma-buf ${one.dmabufId} on ${one.ifname || "?"}` });
    const name = `${one.local || "?"} <- ${one.remote || "?"}`;
    return this.#named(one, one.pid > 0 ? { name, parent: this.process(one.pid, one.comm) } : { name });
  }

  outstanding(one: Socket | Binding): number {
    return this.#counter(this.#outstanding, one, {
      name: "outstanding",
      counter: { unit: "count", name: "tokens" },
    });
  }

  pinned(one: Socket | Binding): number {
    return this.#counter(this.#pinned, one, { name: "pinned", counter: { unit: "bytes" } });
  }

  /** Where the episodes of an exhausted dma-buf are drawn. */
  exhaustion(binding: Binding): number {
    return this.#named(binding.dry, { name: "exhausted", parent: this.of(binding) });
  }

  process(pid: number, comm: string): number {
    return this.#named(`process ${pid}`, { name: comm || "?", process: { pid } });
  }

  thread(pid: number, tid: number, comm: string): number {
    const parent = this.process(pid, comm);
    return this.#named(`thread ${pid} ${tid}`, { name: comm || "?", parent, thread: { pid, tid } });
  }

  losses(): number {
    return this.#named("losses", { name: "events lost" });
  }

  strangers(): number {
    return this.#named("strangers", { name: "sockets that never received a token" });
  }

  /** A process keeps its first name; a socket is renamed once its addresses are known. */
  #named(of: unknown, track: Track): number {
    const known = this.#known.get(of);
    if (known && (known.name === track.name || typeof of === "string")) return known.uuid;
    const uuid = this.#packets.track(track, known?.uuid);
    this.#known.set(of, { uuid, name: track.name });
    return uuid;
  }

  #counter(of: Map<Socket | Binding, number>, one: Socket | Binding, track: Track): number {
    const parent = this.of(one);
    const uuid = of.get(one) ?? this.#packets.track({ ...track, parent });
    of.set(one, uuid);
    return uuid;
  }
}
