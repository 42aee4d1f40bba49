// kernel - A model of a mainline kernel for property tests: it acts on sockets and prints the events of the probes.
//
// Besides what programs do to sockets, it models what happens to the tracer: skipped runs of a probe, bpftrace killed and
// started again. The memory of a destroyed socket is reused.

import type { Event, Header, ProbeEvent } from "../events/event.ts";

const ACTS = ["issue", "return", "count", "close", "destroy", "unbind", "skip", "kill", "restart"] as const;

/** One step of a schedule. `socket` is an index of the model's pointers, `tokens` how many to issue or return. */
export interface Step {
  /** `skip`: the kernel does not run the probe at the next issue or return of this pointer. */
  act: (typeof ACTS)[number];
  socket: number;
  tokens: number;
}

/** What really happened to one socket, to compare with a report. */
export interface Truth {
  issued: number;
  returned: number;
  closed: boolean;
  destroyed: boolean;
}

/** The events that the probes print, and what really happened. */
export interface Run {
  events: Event[];
  /** By the id that a report gives the socket; a socket that the probes met twice has two. */
  truth: Map<string, Truth>;
  /** Whether the binding was unbound while a socket held tokens, and one still does. */
  pinned: boolean;
}

export const HEADER: Header = {
  devmemTrace: 1,
  tool: "test",
  level: "counts",
  bpftrace: "0.23.2",
  t0: "1000000000",
  wall: "2026-01-01T00:00:00.000Z",
  kernel: { release: "6.12.0", variant: "xarray" },
};

const BOUND = { bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
const PROGRAM = { pid: 7, comm: "receive" };
const STEP_NS = 1000;
/** Longer than a dma-buf may take to be freed before it counts as stuck. */
const AFTER_NS = 40e9;

/** A socket's entry in the probes' maps. */
interface Entry {
  born: number;
  issued: number;
  returned: number;
  closed: number;
}

interface Life extends Truth {
  sk: string;
  port: number;
}

/** Runs a schedule on a fresh model with `sockets` pointers. */
export function run(steps: readonly Step[], sockets: number): Run {
  return new Model(sockets).run(steps);
}

class Model {
  readonly #events: Event[] = [];
  readonly #truth = new Map<string, Truth>();
  readonly #everybody: Life[] = [];
  readonly #lives: (Life | undefined)[];
  readonly #maps = new Map<string, Entry>();
  /** Sockets that the probes first met at close, holding tokens, and when that was. */
  readonly #strangers = new Map<string, number>();
  #sums = { kept: 0, unbound: 0, freed: 0 };
  #known = false;
  #traced = true;
  #bound = true;
  #freed = false;
  #skips = 0;
  #skip = new Set<string>();
  #t = 1;

  constructor(sockets: number) {
    this.#lives = Array.from({ length: sockets });
  }

  run(steps: readonly Step[]): Run {
    this.#print({ kind: "bind", t: 1, binding: "b0", dmabuf: 1, ...BOUND, netns: 1, ...PROGRAM });
    this.#known = true;
    for (const step of steps) {
      this.#t += STEP_NS;
      this.#take(step);
    }
    this.#t += AFTER_NS;
    this.#end();
    const pinned = !this.#bound && this.#held() > 0;
    return { events: this.#events, truth: this.#truth, pinned };
  }

  #take({ act, socket, tokens }: Step): void {
    const index = socket % this.#lives.length;
    const life = this.#lives[index];
    switch (act) {
      case "issue":
        return this.#issue(index, tokens);
      case "return":
        return life && this.#return(life, tokens);
      case "count":
        return this.#tick();
      case "close":
        return life && this.#close(life);
      case "destroy":
        return life?.closed ? this.#destroy(index, life) : undefined;
      case "unbind":
        return this.#unbind();
      case "skip":
        this.#skip.add(`s${index}`);
        return;
      case "kill":
        return this.#kill();
      case "restart":
        return this.#restart();
    }
  }

  /** Whether the probes ran at this call of a socket; else their maps do not count it. */
  #runs(life: Life): boolean {
    if (!this.#traced) return false;
    const skipped = this.#skip.delete(life.sk);
    if (skipped) this.#skips += 1;
    return !skipped;
  }

  #issue(index: number, tokens: number): void {
    if (this.#lives[index]?.closed || tokens === 0 || !this.#bound) return;
    const life = this.#lives[index] ?? this.#newLife(index);
    const before = life.issued - life.returned;
    life.issued += tokens;
    if (!this.#runs(life)) return;
    const entry = this.#maps.get(life.sk) ?? this.#meet(life, before);
    entry.issued += tokens;
  }

  #newLife(index: number): Life {
    const port = 40000 + this.#everybody.length;
    const life = { sk: `s${index}`, port, issued: 0, returned: 0, closed: false, destroyed: false };
    this.#everybody.push(life);
    this.#lives[index] = life;
    return life;
  }

  #meet(life: Life, before: number): Entry {
    const entry = { born: this.#t, issued: 0, returned: 0, closed: 0 };
    this.#maps.set(life.sk, entry);
    this.#truth.set(`${life.sk}@${this.#t}`, life);
    this.#print({
      kind: "socket",
      t: this.#t,
      sk: life.sk,
      born: this.#t,
      binding: "b0",
      dmabuf: 1,
      ...BOUND,
      issued: 0,
      before: Math.min(64, before),
      netns: 1,
      ...address(life),
      ...PROGRAM,
    });
    this.#known = true;
    return entry;
  }

  #return(life: Life, tokens: number): void {
    const freed = Math.min(tokens, life.issued - life.returned);
    if (life.closed || freed === 0) return;
    life.returned += freed;
    const entry = this.#runs(life) && this.#maps.get(life.sk);
    if (entry) entry.returned += freed;
    this.#free();
  }

  #close(life: Life): void {
    if (life.closed) return;
    life.closed = true;
    const entry = this.#maps.get(life.sk);
    const xa = life.issued > life.returned ? 1 : 0;
    if (!this.#traced || (!entry && xa === 0)) return;
    this.#sums.kept += xa;
    this.#truth.set(`${life.sk}@${entry?.born ?? this.#t}`, life);
    this.#print({ kind: "close", ...this.#totals(life, entry), xa, bytes: 0, ...address(life), ...PROGRAM });
    if (entry) entry.closed = this.#t;
    else this.#strangers.set(life.sk, this.#t);
  }

  #destroy(index: number, life: Life): void {
    life.destroyed = true;
    this.#lives[index] = undefined;
    const entry = this.#maps.get(life.sk);
    const closed = entry?.closed ?? this.#strangers.get(life.sk);
    this.#maps.delete(life.sk);
    this.#strangers.delete(life.sk);
    if (closed !== undefined) this.#print({ kind: "destroy", ...this.#totals(life, entry), closed, xa: 0 });
    this.#free();
  }

  #unbind(): void {
    if (!this.#bound) return;
    this.#bound = false;
    this.#counts();
    if (this.#known) this.#sums.unbound += 1;
    this.#print({ kind: "unbind", t: this.#t, binding: "b0", dmabuf: 1, ...PROGRAM });
    this.#free();
  }

  /** The last return or destroy frees an unbound dma-buf; the probes print that if they know the binding. */
  #free(): void {
    if (this.#bound || this.#freed || this.#held() > 0) return;
    this.#freed = true;
    if (!this.#known || !this.#traced) return;
    this.#sums.freed += 1;
    this.#print({ kind: "free", t: this.#t, binding: "b0" });
  }

  #held(): number {
    const holding = this.#everybody.filter(({ destroyed }) => !destroyed);
    return holding.reduce((sum, { issued, returned }) => sum + issued - returned, 0);
  }

  #kill(): void {
    if (!this.#traced) return;
    const t = this.#t;
    this.#print({ kind: "gap", t, from: t - STEP_NS, detail: "bpftrace was ended by SIGKILL." });
    this.#traced = false;
    this.#known = false;
    this.#maps.clear();
    this.#strangers.clear();
    this.#sums = { kept: 0, unbound: 0, freed: 0 };
    this.#skips = 0;
  }

  #restart(): void {
    if (this.#traced) return;
    this.#traced = true;
    this.#skip.clear();
    this.#print({ kind: "resumed", t: this.#t });
  }

  #tick(): void {
    this.#print({ kind: "tick", t: this.#t });
    this.#print({ kind: "sums", t: this.#t, ...this.#sums, last: 0 });
    this.#counts();
    this.#reportSkips();
  }

  #reportSkips(): void {
    if (this.#skips > 0)
      this.#print({ kind: "lost", t: this.#t, count: this.#skips, what: "skipped", detail: "" });
    this.#skips = 0;
  }

  #counts(): void {
    for (const [sk, entry] of this.#maps) this.#print(count(this.#t, sk, entry));
  }

  #end(): void {
    this.#print({ kind: "tick", t: this.#t });
    this.#reportSkips();
    this.#print({ kind: "sums", t: this.#t, ...this.#sums, last: 1 });
    this.#counts();
    const [reason, detail] = this.#traced ? (["stopped", ""] as const) : (["died", "It died."] as const);
    this.#events.push({ kind: "end", t: this.#t, reason, detail });
  }

  #print(event: Event): void {
    if (this.#traced) this.#events.push(event);
  }

  #totals({ sk }: Life, entry: Entry | undefined) {
    const { born, issued, returned } = entry ?? { born: 0, issued: 0, returned: 0 };
    return { t: this.#t, sk, born, issued, returned, linear: 0 };
  }
}

function count(t: number, sk: string, { born, issued, returned, closed }: Entry): ProbeEvent<"count"> {
  return { kind: "count", t, sk, born, issued, returned, linear: 0, closed };
}

function address({ port }: Life) {
  return { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: port };
}
