// schedule - A seed becomes a run: programs, the network, the kernel's timers and what befalls the tracer, in turn.

import type { Event, Header, Level } from "../../events/event.ts";
import { type Binding, Kernel, type Range, type Sock } from "./kernel.ts";
import { type Random, randomOf } from "./random.ts";
import { Tracer } from "./tracer.ts";
import { isWithinReach, type Life, type Token, Truth } from "./truth.ts";
import { SKIPPABLE, type Weather, weatherOf } from "./weather.ts";

export interface ModelOptions {
  /** manual: a kernel with the v6 series, most of its sockets with the option 0. */
  mode: "xarray" | "manual";
  level: Extract<Level, "counts" | "tokens">;
}

/** A run: what was printed, and the truth. */
export interface ModelRun {
  header: Header;
  events: Event[];
  lives: Life[];
  bindings: Binding[];
  /** When the probes were attached first, ns since t0. */
  attachedAt: number;
  steps: string[];
}

const STEP_NS = 2e7;
const POINTERS = 4;

/** Runs the schedule of `seed`. */
export function runModel(seed: number, options: ModelOptions): ModelRun {
  return new Schedule(seed, options).run();
}

class Schedule {
  readonly #random: Random;
  readonly #options: ModelOptions;
  readonly #weather: Weather;
  readonly #clock = { t: 1 };
  readonly #tracer: Tracer;
  readonly #kernel: Kernel;
  readonly #truth = new Truth();
  readonly #calls: { sock: Sock; finish(): void }[] = [];
  readonly #steps: string[] = [];
  #attachedAt = -1;
  #ticked = 0;

  constructor(seed: number, options: ModelOptions) {
    this.#random = randomOf(seed);
    this.#options = options;
    this.#weather = weatherOf(this.#random);
    const sockopt = options.mode === "manual";
    const room = this.#weather.smallMaps ? 2 : 4096;
    this.#tracer = new Tracer({ tokens: options.level === "tokens", sockopt, room }, this.#clock);
    this.#kernel = new Kernel(this.#tracer.hooks, POINTERS);
  }

  run(): ModelRun {
    const random = this.#random;
    const steps = 5 + random.below(80);
    this.bind();
    const late = this.#weather.late ? random.below(steps / 2) : 0;
    for (let i = 0; i < steps; i++) {
      if (i === late) this.#attach();
      this.#step();
    }
    if (this.#attachedAt < 0) this.#attach();
    this.#settle();
    return {
      header: headerOf(this.#options),
      events: this.#tracer.events,
      lives: this.#truth.lives,
      bindings: this.#kernel.bindings,
      attachedAt: this.#attachedAt,
      steps: this.#steps,
    };
  }

  #attach(): void {
    this.#tracer.attach();
    this.#attachedAt = this.#clock.t;
  }

  #step(): void {
    this.#pass(STEP_NS);
    const act = this.#random.pick(ACTS);
    this.#steps.push(act);
    this[act]();
  }

  /** Time passes; the timers of the probes and of the collector run. */
  #pass(ns: number): void {
    this.#clock.t += ns;
    if (this.#clock.t - this.#ticked < 1e8) return;
    this.#ticked = this.#clock.t;
    this.#tracer.counts();
    this.#tracer.tick();
  }

  /** Nothing more happens for a while; bindings that can be freed are, unless a CPU sleeps on an skb. */
  #settle(): void {
    for (const call of this.#calls.splice(0)) call.finish();
    if (this.#random.chance(0.8)) this.#kernel.drain();
    this.#tracer.readRing();
    for (let i = 0; i < 4; i++) {
      this.#pass(12e9);
      if (this.#weather.readings) this.#tracer.read(this.#kernel);
    }
    this.#tracer.end(this.#kernel);
  }

  // What programs do

  readonly bind = (): void => {
    this.#kernel.bind(this.#random.pick([8, 64, 512]));
  };

  readonly accept = (): void => {
    const manual = this.#options.mode === "manual" && this.#random.chance(0.85);
    const sock = this.#kernel.accept(manual);
    if (sock) this.#truth.accepted(sock, this.#clock.t);
  };

  readonly arrive = (): void => {
    const sock = this.#openSock();
    const bound = this.#kernel.bindings.filter((b) => b.bound);
    if (!sock || bound.length === 0) return;
    const binding = this.#random.chance(0.9) ? (bound.at(-1) as Binding) : this.#random.pick(bound);
    this.#kernel.arrive(sock, binding, 1 + this.#random.below(40), this.#random.chance(0.3));
  };

  /** What most programs do most of the time. */
  readonly stream = (): void => {
    this.arrive();
    this.receive();
    this.giveBackAll();
  };

  readonly receive = (): void => this.#receive(false);
  readonly peek = (): void => this.#receive(true);

  #receive(peek: boolean): void {
    const sock = this.#openSock();
    if (!sock || sock.queue.length === 0) return;
    this.#truth.received(sock, this.#kernel.bindings, () =>
      this.#kernel.receive(sock, 1 + this.#random.below(40), peek),
    );
  }

  readonly giveBack = (): void => this.#giveBack(1);
  readonly giveBackAll = (): void => this.#giveBack(0);
  readonly giveBackSlowly = (): void => this.#giveBack(1, true);

  /** Some or (0) all of a socket's tokens, one range each. */
  #giveBack(some: 0 | 1, slow = false): void {
    const sock = this.#openSock();
    if (!sock) return;
    const few = some ? this.#some(sock) : this.#truth.of(sock);
    for (let i = 0; i < few.length; i += 128) this.#return(sock, few.slice(i, i + 128), slow);
  }

  #some(sock: Sock): Token[] {
    const own = this.#truth.of(sock);
    return own.slice(0, this.#random.below(own.length + 1));
  }

  readonly giveBackForOthers = (): void => this.#giveBackForOthers(false);
  readonly giveBackWithOthers = (): void => this.#giveBackForOthers(true);

  /**
   * Tokens of another socket of the binding; in xarray mode they are numbers of this one, or nothing. `own`: in the same call
   * as some of its own.
   */
  #giveBackForOthers(own: boolean): void {
    const sock = this.#openSock();
    if (!sock) return;
    const others = this.#truth.tokens.filter(
      (one) => one.owner.sock !== sock && (!sock.manual || isWithinReach(sock, one)),
    );
    const few = others.slice(0, this.#random.below(Math.min(64, others.length) + 1));
    if (own) few.push(...this.#some(sock).slice(0, 64));
    if (few.length > 0 && !this.#isUndecidable(sock, few.length)) this.#return(sock, few, false);
  }

  /**
   * Manual mode, level counts: a call that returns no more than the socket holds is taken to return its own, as nothing tells
   * them from others' (docs/limits.md). A call that returns more is known to have returned others'.
   */
  #isUndecidable(sock: Sock, freed: number): boolean {
    if (!sock.manual || this.#options.level !== "counts" || freed > sock.urefs) return false;
    return this.#truth.tokens.some((one) => one.owner.sock !== sock && isWithinReach(sock, one));
  }

  /** Numbers nobody handed out, or handed out twice; in manual mode they may be other sockets' pages. */
  readonly giveBackNonsense = (): void => {
    const sock = this.#openSock();
    if (sock && !this.#isUndecidable(sock, 1))
      this.#call(sock, [{ first: this.#random.below(20), count: 1 + this.#random.below(9) }], false);
  };

  #return(sock: Sock, tokens: readonly Token[], slow: boolean): void {
    this.#call(
      sock,
      tokens.map(({ token }) => ({ first: token, count: 1 })),
      slow,
    );
  }

  #call(sock: Sock, ranges: Range[], slow: boolean): void {
    const { finish } = this.#truth.returned(sock, () => this.#kernel.dontneed(sock, ranges));
    if (slow) this.#calls.push({ sock, finish });
    else finish();
  }

  readonly close = (): void => {
    const sock = this.#openSock();
    if (!sock || sock.returning > 0) return;
    this.#kernel.close(sock, this.#random.chance(0.2));
    this.#truth.closed(sock, this.#clock.t);
  };

  readonly destroy = (): void => {
    const closed = this.#truth.lives.filter((life) => life.closedAt >= 0 && life.destroyedAt < 0);
    const life = closed[this.#random.below(closed.length)];
    if (!life) return;
    this.#kernel.destroy(life.sock);
    this.#truth.destroyed(life, this.#clock.t);
  };

  readonly unbind = (): void => {
    const bound = this.#kernel.bindings.filter((b) => b.bound);
    const binding = bound[this.#random.below(bound.length)];
    if (!binding) return;
    this.#kernel.unbind(binding);
    binding.early = this.#attachedAt < 0;
    this.#truth.unbound(binding);
  };

  readonly finishCall = (): void => {
    this.#calls.shift()?.finish();
  };

  readonly drain = (): void => this.#kernel.drain();

  readonly rest = (): void => {
    this.#pass(this.#random.pick([1e8, 1e9, 3e9]));
  };

  // What befalls the tracer

  readonly read = (): void => {
    if (this.#weather.readings) this.#tracer.read(this.#kernel);
  };

  readonly counts = (): void => this.#tracer.counts();

  readonly overflow = (): void => {
    if (this.#weather.losses) this.#tracer.fillRing();
  };

  readonly readRing = (): void => this.#tracer.readRing();

  readonly skip = (): void => {
    if (this.#weather.skips) this.#tracer.skipNext(this.#random.pick(SKIPPABLE));
  };

  readonly kill = (): void => {
    if (this.#weather.kills && this.#attachedAt >= 0) this.#tracer.kill();
  };

  readonly restart = (): void => {
    if (this.#attachedAt >= 0) this.#tracer.attach();
  };

  #openSock(): Sock | undefined {
    const open = this.#truth.lives.map(({ sock }) => sock).filter((sock) => !sock.closed);
    return open[this.#random.below(open.length)];
  }
}

type Act = Exclude<
  { [K in keyof Schedule]: Schedule[K] extends () => void ? K : never }[keyof Schedule],
  "run"
>;

/** What there is to do, and how often it is done, in parts of all. */
const ODDS: Record<Act, number> = {
  bind: 2,
  accept: 6,
  arrive: 10,
  receive: 10,
  stream: 10,
  peek: 2,
  giveBack: 5,
  giveBackAll: 10,
  giveBackSlowly: 2,
  finishCall: 3,
  giveBackForOthers: 3,
  giveBackWithOthers: 3,
  giveBackNonsense: 2,
  close: 8,
  destroy: 9,
  unbind: 2,
  drain: 2,
  rest: 3,
  read: 4,
  counts: 4,
  overflow: 2,
  readRing: 4,
  skip: 2,
  kill: 1,
  restart: 3,
};

const ACTS = Object.entries(ODDS).flatMap(([act, odds]) => new Array<Act>(odds).fill(act as Act));

function headerOf({ mode, level }: ModelOptions): Header {
  return {
    devmemTrace: 1,
    tool: "test",
    level,
    kernel: { release: "6.12.0", variant: mode === "manual" ? "sockopt" : "xarray" },
    bpftrace: "0.23.2",
    t0: "1000000000",
    wall: "2026-01-01T00:00:00.000Z",
  };
}
