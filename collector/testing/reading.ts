// reading - A model of a kernel for property tests in which tracing starts late and sockets are read: events and rounds.

import type { Level, ProbeEvent } from "../events/event.ts";
import type { Poll } from "../snapshot/match-readings.ts";
import type { HeldLine } from "../snapshot/snapshot.ts";
import { HEADER } from "./kernel.ts";

/**
 * One step. `slow` is a return that has erased its tokens but is not summed yet; `miss` is one that no probe ever counts,
 * as if the kernel had skipped a BPF program. A destroyed socket comes again at the same kernel pointer.
 */
export interface ReadingStep {
  act: "issue" | "return" | "slow" | "miss" | "count" | "read" | "close" | "destroy";
  socket: number;
  tokens: number;
}

/** What one socket really held. */
export interface ReadingTruth {
  held: number;
  heldAtClose: number;
  closed: boolean;
  destroyed: boolean;
  /** The probes missed one of its returns. */
  missed: boolean;
  /** The probes know it. */
  known: boolean;
}

interface Model extends ReadingTruth {
  sk: string;
  /** When the probes first met it; 0 before. */
  born: number;
  issued: number;
  returned: number;
  pending: number;
}

export interface ReadingRun {
  /** In the order of time, ns since t0. */
  events: ProbeEvent[];
  rounds: Poll[];
  /** By the id of the ledger: pointer and birth. Sockets that the probes never met have none. */
  truth: Map<string, ReadingTruth>;
  all: ReadingTruth[];
}

const BOUND = { binding: "b0", dmabuf: 1, bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
const PROGRAM = { pid: 7, comm: "receive" };
const STEP_NS = 1000;
/** HEADER's t0. */
const T0 = BigInt(HEADER.t0);

/** Runs a schedule. `before`: what each socket holds when tracing starts. At the end every socket is read once more. */
export function runRead(steps: readonly ReadingStep[], before: readonly number[], level: Level): ReadingRun {
  const kernel = new Kernel(before, level);
  for (const step of steps) kernel.take(step);
  kernel.end();
  return kernel.run;
}

class Kernel {
  readonly run: ReadingRun = { events: [], rounds: [], truth: new Map(), all: [] };
  readonly #models: Model[];
  readonly #counts: boolean;
  #t = 1;

  constructor(before: readonly number[], level: Level) {
    this.#counts = level !== "sampled";
    this.#models = before.map((held, i) => newModel(`a${i}`, held));
    this.run.all.push(...this.#models);
    this.#print({ kind: "bind", t: this.#t, ...BOUND, netns: 1, ...PROGRAM });
  }

  take({ act, socket, tokens }: ReadingStep): void {
    this.#t += STEP_NS;
    const i = socket % this.#models.length;
    const m = this.#models[i] as Model;
    if (act === "read") this.#read();
    else if (m.destroyed && act === "issue") this.#again(i);
    else if (act === "destroy") this.#destroy(m);
    else if (act === "count") this.#count(m);
    else if (!m.closed) this.#call(m, act, tokens);
  }

  /** bpftrace ends: a last round, then every sum once more. */
  end(): void {
    for (const m of this.#models) this.#settle(m);
    this.take({ act: "read", socket: 0, tokens: 0 });
    for (const [i] of this.#models.entries()) this.take({ act: "count", socket: i, tokens: 0 });
  }

  #print(event: ProbeEvent): void {
    this.run.events.push(event);
  }

  #again(i: number): void {
    const m = newModel(`a${i}`, 0);
    this.#models[i] = m;
    this.run.all.push(m);
  }

  #call(m: Model, act: ReadingStep["act"], tokens: number): void {
    if (act === "issue") return this.#issue(m, tokens);
    this.#settle(m);
    if (act === "close") return this.#close(m);
    const freed = Math.min(tokens, m.held);
    m.held -= freed;
    if (act === "miss") m.missed ||= freed > 0 && m.known;
    else m.pending = freed;
    if (act === "return") this.#settle(m);
  }

  /** A return ends: it is added to the sums, if the probes know the socket by then. */
  #settle(m: Model): void {
    if (m.known) m.returned += m.pending;
    m.pending = 0;
  }

  #issue(m: Model, tokens: number): void {
    if (tokens === 0) return;
    const before = Math.min(64, m.held);
    m.held += tokens;
    if (!this.#counts) return;
    const isFirst = m.issued === 0;
    m.issued += tokens;
    this.#meet(m);
    if (!isFirst) return;
    const { sk, born } = m;
    const first = { t: this.#t, sk, born, ...BOUND, issued: 0, before, netns: 1 };
    this.#print({ kind: "socket", ...first, ...addressOf(m), ...PROGRAM });
  }

  #meet(m: Model): void {
    if (m.known) return;
    m.known = true;
    m.born = this.#t;
    this.run.truth.set(`${m.sk}@${m.born}`, m);
  }

  /** Reads every socket, one after the other. No return lasts from before a round until after it. */
  #read(): void {
    const held: HeldLine[] = [];
    for (const m of this.#models.filter(({ destroyed }) => !destroyed)) {
      this.#t += 10;
      if (!m.known && m.held > 0) this.#meet(m);
      if (!m.known) this.#settle(m);
      held.push(heldLine(m, this.#t));
      if (!m.known) continue;
      const { sk, born } = m;
      const still = Number(m.pending === 0 || !this.#counts);
      this.#print({ kind: "read", t: this.#t + 1, from: this.#t - 1, sk, born, ...this.#sums(m), still });
    }
    const end = this.#t + 2;
    this.run.rounds.push({ end, held, unread: 0, owners: new Map(), inflight: new Map([[1, 4096]]) });
  }

  #sums({ issued, returned }: Model) {
    return this.#counts ? { issued, returned } : { issued: 0, returned: 0 };
  }

  #totals(m: Model) {
    return { t: this.#t, sk: m.sk, born: m.born, ...this.#sums(m), linear: 0 };
  }

  #count(m: Model): void {
    if (!m.known || m.destroyed || !this.#counts) return;
    this.#print({ kind: "count", ...this.#totals(m), closed: m.closed ? this.#t - 1 : 0 });
  }

  #close(m: Model): void {
    Object.assign(m, { closed: true, heldAtClose: m.held });
    if (m.held > 0) this.#meet(m);
    if (!m.known) return;
    const { ifname, ...bound } = BOUND;
    const { sk, born, held } = m;
    if (held > 0)
      this.#print({
        kind: "held",
        t: this.#t,
        sk,
        born,
        sockmode: 0,
        held,
        whole: 1,
        netns: 1,
        ...bound,
        ifname,
      });
    const xa = Number(held > 0);
    this.#print({ kind: "close", ...this.#totals(m), xa, bytes: 0, ...addressOf(m), ...PROGRAM });
  }

  #destroy(m: Model): void {
    if (!m.closed || m.destroyed) return;
    m.destroyed = true;
    if (m.known) this.#print({ kind: "destroy", ...this.#totals(m), closed: this.#t - 1, xa: 0 });
  }
}

function newModel(sk: string, held: number): Model {
  const truth = { held, heldAtClose: 0, closed: false, destroyed: false, missed: false, known: false };
  return { ...truth, sk, born: 0, issued: 0, returned: 0, pending: 0 };
}

function addressOf({ sk }: Model) {
  return { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: 40000 + Number(sk.slice(1)) };
}

function heldLine(m: Model, t: number): HeldLine {
  const { binding, dmabuf, bytes, shift, ifindex, ifname } = BOUND;
  const bound = m.held > 0 ? { binding, dmabuf, bytes, shift, ifindex, ifname } : NO_BINDING;
  const local = { local: "c0000201:5201", remote: `c0000202:${40000 + Number(m.sk.slice(1))}` };
  const fields = { state: 1, mode: 0, held: m.held, whole: 1, netns: 1, inode: Number(!m.closed), ...bound };
  return { t: String(T0 + BigInt(t)), sk: m.sk, ...fields, ...local };
}

const NO_BINDING = { binding: "0", dmabuf: 0, bytes: 0, shift: 0, ifindex: 0, ifname: "" };
