// polling - Reads the kernel beside the probes, again and again; the only place that knows how often.

import { UserError } from "../base/errors.ts";
import { countsTokens, type Event, type Header, type Level, type ProbeEvent } from "../events/event.ts";
import type { Epoch } from "../events/parse.ts";
import { holdersOf } from "../kernel/socket-owners.ts";
import { Readings } from "./match-readings.ts";
import { openReader, type Reader, together } from "./reader.ts";
import type { Network } from "./snapshot.ts";

/** Every socket, bindings and page pools: this often the ledger is held against the kernel. */
const ROUND_MS = 5000;
/** Until each socket that was there before the trace has been read standing still, and how often that is tried so fast. */
const EAGER_MS = 250;
const EAGER_ROUNDS = 40;
/** Level sampled: the sockets of the kernel's tables. */
const SAMPLE_MS = 500;

/** Whoever wants it sooner sends this. */
const ON_DEMAND = "SIGUSR2";

/** The kernel read beside one tracer. */
export interface Rounds {
  /** What stands in the stream for one event of the probes. */
  pass(event: ProbeEvent): Event[];
  /** A line is missing. */
  lose(): void;
  /** Reads a last time: what that brings is in the stream before what comes of stopping the probes. */
  end(): void;
  /** What is left at the end of the stream, t being the time of its last event, ns since t0; takes the iterators away. */
  finish(t: number): Event[];
}

/**
 * Begins to read the kernel. Level sampled lives by it: there it resolves when the kernel can be read, and throws
 * UserError (exit 4) where it cannot. Else that comes later, or an `unchecked` event says why not.
 */
export async function startRounds(kernel: Header["kernel"], level: Level, from: Epoch): Promise<Rounds> {
  const rounds = new Schedule(kernel, level, from);
  const opened = rounds.open();
  if (!countsTokens(level)) await opened;
  return rounds;
}

class Schedule implements Rounds {
  readonly #kernel: Header["kernel"];
  readonly #sampled: boolean;
  readonly #from: Epoch;
  readonly #readings: Readings;
  #reader: Reader | null = null;
  /** Aborted when the trace has ended. */
  readonly #ended = new AbortController();
  /** Of devices with a dma-buf bound, by network namespace and number. */
  readonly #names = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #eager = EAGER_ROUNDS;
  #lastRound = Number.NEGATIVE_INFINITY;
  #failure = "the trace ended before the kernel could be read";
  #failed = false;

  constructor(kernel: Header["kernel"], level: Level, from: Epoch) {
    this.#kernel = kernel;
    this.#sampled = !countsTokens(level);
    this.#from = from;
    this.#readings = new Readings(from);
    process.on(ON_DEMAND, this.#now); // From here on: unheard it would end us.
  }

  async open(): Promise<void> {
    try {
      const reader = await openReader(this.#kernel, this.#ended.signal);
      if (this.#ended.signal.aborted) return reader.close();
      this.#reader = reader;
      this.#next(0);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      if (this.#sampled || !this.#fail(error)) throw error;
    }
  }

  pass(event: ProbeEvent): Event[] {
    const events = this.#readings.pass(event);
    if (!this.#failed) return events;
    this.#failed = false;
    return [{ kind: "unchecked", t: event.t, detail: this.#failure }, ...events];
  }

  lose(): void {
    this.#readings.lose();
  }

  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#now();
    this.#close();
  }

  finish(t: number): Event[] {
    const never = this.#lastRound === Number.NEGATIVE_INFINITY;
    this.#close();
    const left = this.#readings.finish(t);
    return never ? [...left, { kind: "unchecked", t, detail: this.#failure }] : left;
  }

  #close(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
    process.off(ON_DEMAND, this.#now);
    this.#reader?.close();
    this.#reader = null;
  }

  readonly #now = (): void => {
    try {
      this.#round(true);
    } catch (error) {
      if (!this.#fail(error)) throw error;
    }
  };

  /** Whether it is for the user to know; an error of our own is not. */
  #fail(error: unknown): boolean {
    if (!(error instanceof UserError)) return false;
    this.#failure = error.message.replaceAll("\n", " ");
    this.#failed = true;
    return true;
  }

  #next(ms: number): void {
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    const now = performance.now();
    try {
      this.#round(!this.#sampled || now - this.#lastRound >= ROUND_MS);
    } catch (error) {
      if (!this.#fail(error)) throw error;
    }
    if (!this.#ended.signal.aborted) this.#next(this.#pause());
  }

  #pause(): number {
    if (this.#sampled) return SAMPLE_MS;
    if (!this.#readings.unsettled || this.#eager === 0) return ROUND_MS;
    this.#eager -= 1;
    return EAGER_MS;
  }

  /** `whole`: bindings and page pools as well, and where a socket is met in no table any more, those that are in none. */
  #round(whole: boolean): void {
    if (!this.#reader) return;
    const tables = this.#reader.sockets();
    const strayed = whole && this.#readings.strayed(tables.held);
    const { held, unread } = strayed ? together(tables, this.#reader.strays()) : tables;
    const networks = whole ? this.#reader.networks() : null;
    for (const { netns, names } of networks ?? [])
      for (const [ifindex, name] of names) this.#names.set(`${netns}:${ifindex}`, name);
    for (const line of held) line.ifname = this.#names.get(`${line.netns}:${line.ifindex}`) ?? "";
    const inflight = networks && inflightOf(networks);
    const holders = holdersOf(this.#readings.strangers(held));
    if (whole) this.#lastRound = performance.now();
    this.#readings.expect({ end: sinceT0(this.#from), held, unread, holders, inflight });
  }
}

function inflightOf(networks: Network[]): Map<number, number> {
  const pages = new Map<number, number>();
  for (const { dmabufId, inflight } of networks.flatMap(({ pools }) => pools))
    pages.set(dmabufId, (pages.get(dmabufId) ?? 0) + inflight);
  return pages;
}

/** CLOCK_MONOTONIC, which is the probes' clock. */
function sinceT0({ seconds, nanos }: Epoch): number {
  const now = process.hrtime.bigint();
  return Number(now - (BigInt(seconds) * 1_000_000_000n + BigInt(nanos)));
}
