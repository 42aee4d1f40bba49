// tracer - A model of what lies between probes and ledger: a ring buffer that overflows, a bpftrace that dies, readings.
//
// ReadingMatcher are put together with the probes' lines by the product's own code (match-readings), as in a live trace.

import type { Event, ProbeEvent, TracerEvent } from "../../events/event.ts";
import { epoch } from "../../events/parse.ts";
import { ReadingMatcher } from "../../snapshot/match-readings.ts";
import type { HeldLine } from "../../snapshot/snapshot.ts";
import type { Binding, Hooks, Kernel, Sock } from "./kernel.ts";
import { type ProbeOptions, Probes } from "./probes.ts";

/** Where the trace begins: CLOCK_MONOTONIC of t0, in the header. */
export const T0 = "1000000000";

/** Collects the events of one trace. */
export class Tracer {
  readonly events: Event[] = [];
  readonly #options: ProbeOptions;
  readonly #clock: { t: number };
  readonly #readings = new ReadingMatcher(epoch(T0));
  #probes: Probes | null = null;
  /** Lines the ring buffer has no room for until it is read again, how many of them went, and the newest line read. */
  #isFull = false;
  #lost = 0;
  #last = 0;
  #mapFull = 0;

  constructor(options: ProbeOptions, clock: { t: number }) {
    this.#options = options;
    this.#clock = clock;
  }

  /** The kernel calls these; nobody is there while nothing is attached. */
  readonly hooks: Hooks = {
    recvmsg: () => this.#probes?.recvmsg(),
    cmsg: (...of) => this.#probes?.cmsg(...of),
    batch: (...of) => this.#probes?.batch(...of),
    recvmsgDone: (...of) => this.#probes?.recvmsgDone(...of),
    dontneed: (...of) => this.#probes?.dontneed(...of),
    dontneedDone: (...of) => this.#probes?.dontneedDone(...of),
    close: (...of) => this.#probes?.close(...of),
    destroy: (...of) => this.#probes?.destroy(...of),
    destroyed: (...of) => this.#probes?.destroyed(...of),
    bound: (...of) => this.#probes?.bound(...of),
    unbinding: () => this.#probes?.unbinding(),
    unbind: (...of) => this.#probes?.unbind(...of),
    unbound: (...of) => this.#probes?.unbound(...of),
    free: (...of) => this.#probes?.free(...of),
  };

  get isAttached(): boolean {
    return this.#probes !== null;
  }

  attach(): void {
    if (this.#probes) return;
    const full = () => {
      this.#mapFull += 1;
    };
    this.#probes = new Probes(
      this.#options,
      (line) => this.#print(line),
      () => ++this.#clock.t,
      full,
    );
    if (this.events.length > 0) this.#say({ kind: "resumed", t: ++this.#clock.t });
  }

  /** bpftrace is killed: what is in its maps and in the ring buffer is gone. */
  kill(): void {
    if (!this.#probes) return;
    this.#probes = null;
    this.#isFull = false;
    this.#lost = 0;
    this.#say({
      kind: "gap",
      t: ++this.#clock.t,
      from: this.#last,
      detail: "bpftrace was ended by SIGKILL.",
    });
  }

  fillRing(): void {
    this.#isFull = true;
  }

  /** bpftrace reads the ring buffer: from here on lines fit, and it says how many did not. */
  readRing(): void {
    this.#isFull = false;
    if (this.#lost > 0) this.#lose({ what: "bpftrace", count: this.#lost });
    this.#lost = 0;
    if (this.#mapFull > 0) this.#lose({ what: "map", count: this.#mapFull });
    this.#mapFull = 0;
  }

  skipNext(program: string): void {
    this.#probes?.skipNext(program);
  }

  /** A second has passed; the collector looks for skipped runs. */
  tick(): void {
    this.#probes?.tick();
    for (const [program, count] of this.#probes?.takeSkipped() ?? [])
      this.#lose({ what: "skipped", count, detail: program });
  }

  counts(): void {
    this.#probes?.counts();
  }

  /** Every socket of the kernel's tables is read, then the page pools. */
  read(kernel: Kernel): void {
    if (!this.#probes) return;
    const held: HeldLine[] = [];
    const lines: ProbeEvent[] = [];
    const print = (sock: Sock) => {
      const line = heldLine(sock, this.#options.sockopt, this.#clock.t + 2);
      const before = this.#pending.length;
      this.#probes?.read(sock);
      this.#clock.t += 3;
      if (this.#pending.length > before || line.held !== 0) held.push(line);
    };
    this.#pending = lines;
    this.#collecting = true;
    for (const sock of kernel.socks) if (!sock.destroyed) print(sock);
    this.#collecting = false;
    const inflight = new Map(kernel.bindings.filter(isOut).map((b) => [b.id, kernel.inflight(b)]));
    const holders = new Map(held.map(({ inode }) => [inode, [{ pid: 7, comm: "receive", fd: 3 }]]));
    this.#readings.expect({ end: ++this.#clock.t, held, unread: 0, owners: holders, inflight });
    for (const line of lines) this.#print(line);
  }

  #pending: ProbeEvent[] = [];
  #collecting = false;

  /** The trace is stopped. */
  end(kernel: Kernel): void {
    this.readRing();
    this.read(kernel);
    this.tick();
    const detail = this.#probes ? "" : "bpftrace was ended by SIGKILL.";
    this.#probes?.end();
    const t = ++this.#clock.t;
    for (const event of this.#readings.finish(t)) this.#say(event);
    this.#say({ kind: "end", t, reason: detail ? "died" : "stopped", detail });
  }

  #lose(lost: Pick<TracerEvent<"lost">, "what" | "count"> & { detail?: string }): void {
    this.#readings.lose();
    this.#say({ kind: "lost", t: ++this.#clock.t, detail: "", ...lost });
  }

  #print(event: ProbeEvent): void {
    if (this.#collecting) this.#pending.push(event);
    else if (this.#isFull) this.#lost += 1;
    else {
      this.#last = event.t;
      for (const one of this.#readings.pass(event)) this.#say(one);
    }
  }

  #say(event: Event): void {
    this.events.push(event);
  }
}

const isOut = (binding: Binding) => !binding.freed;

/** What probes/snapshot.bt prints of a socket. */
function heldLine(sock: Sock, sockopt: boolean, t: number): HeldLine {
  const [frag] = sock.xarray.values();
  const binding = sock.manual ? sock.binding : frag?.binding;
  return {
    t: String(t + Number(T0)),
    sk: sock.ptr,
    state: sock.closed ? 5 : 1,
    mode: sock.manual ? 2 : Number(sockopt),
    held: sock.manual ? sock.urefs : sock.xarray.size,
    whole: 1,
    netns: 1,
    inode: sock.closed ? 0 : sock.port,
    binding: binding?.ptr ?? "0",
    dmabuf: binding?.id ?? 0,
    bytes: (binding?.refs.length ?? 0) * 4096,
    shift: 12,
    ifindex: 2,
    ifname: "devmem0",
    local: "c0000201:5201",
    remote: `c0000202:${sock.port}`,
  };
}
