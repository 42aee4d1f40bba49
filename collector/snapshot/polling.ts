// polling - Reads the kernel beside the probes, again and again; the only place that knows how often.

import { UserError } from "../base/errors.ts";
import { countsTokens, type Event, type Level, type ProbeEvent } from "../events/event.ts";
import type { Epoch } from "../events/parse.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { ownersOf } from "../kernel/socket-owners.ts";
import { ReadingMatcher } from "./match-readings.ts";
import { openReader, type Reader, together } from "./reader.ts";
import type { HeldLine, Network } from "./snapshot.ts";

/** Every socket, bindings and page pools: this often the ledger is compared with the kernel. */
const WHOLE_MS = 5000;
/** Until each socket that was there before the trace has been read while nothing moved; and how often that is tried. */
const EAGER_MS = 250;
const EAGER_POLLS = 40;
/** Level sampled: the sockets of the kernel's tables. */
const SAMPLE_MS = 500;

/** Sent by whoever wants a reading sooner. */
const ON_DEMAND = "SIGUSR2";

/** The kernel read beside one tracer. */
export interface Polling {
  /** What the stream gets for one event of the probes. */
  pass(event: ProbeEvent): Event[];
  /** A line is missing. */
  lose(): void;
  /** Reads a last time: what that brings is in the stream before what comes of stopping the probes. */
  end(): void;
  /** What is left at the end of the stream, t being the time of its last event, ns since t0; takes the iterators away. */
  finish(t: number): Event[];
}

/**
 * Begins to read the kernel. Level sampled depends on it: there it resolves when the kernel can be read, and throws
 * UserError (exit 4) where it cannot. At other levels it resolves at once, and an `unchecked` event has the reason if the
 * kernel cannot be read.
 */
export async function startPolling(kernel: Kernel, level: Level, from: Epoch): Promise<Polling> {
  const poller = new Poller(kernel, level, from);
  const opened = poller.open();
  if (!countsTokens(level)) await opened;
  return poller;
}

class Poller implements Polling {
  readonly #kernel: Kernel;
  readonly #isSampled: boolean;
  readonly #from: Epoch;
  readonly #matcher: ReadingMatcher;
  /** Aborted when the trace has ended. */
  readonly #ended = new AbortController();
  /** Of devices with a dma-buf bound, by network namespace and number. */
  readonly #names = new Map<string, string>();
  #reader: Reader | null = null;
  #timer: NodeJS.Timeout | undefined;
  #eagerLeft = EAGER_POLLS;
  #lastWhole = Number.NEGATIVE_INFINITY;
  #failure = "the trace ended before the kernel could be read";
  #hasFailed = false;

  constructor(kernel: Kernel, level: Level, from: Epoch) {
    this.#kernel = kernel;
    this.#isSampled = !countsTokens(level);
    this.#from = from;
    this.#matcher = new ReadingMatcher(from);
    process.on(ON_DEMAND, this.#pollNow); // From here on: without a handler the signal would end us.
  }

  async open(): Promise<void> {
    try {
      const reader = await openReader(this.#kernel, this.#ended.signal);
      if (this.#ended.signal.aborted) return reader.close();
      this.#reader = reader;
      this.#next(0);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      if (this.#isSampled || !this.#fail(error)) throw error;
    }
  }

  pass(event: ProbeEvent): Event[] {
    const events = this.#matcher.pass(event);
    if (!this.#hasFailed) return events;
    this.#hasFailed = false;
    return [{ kind: "unchecked", t: event.t, detail: this.#failure }, ...events];
  }

  lose(): void {
    this.#matcher.lose();
  }

  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#pollNow();
    this.#close();
  }

  finish(t: number): Event[] {
    const never = this.#lastWhole === Number.NEGATIVE_INFINITY;
    this.#close();
    const left = this.#matcher.finish(t);
    return never ? [...left, { kind: "unchecked", t, detail: this.#failure }] : left;
  }

  #close(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
    process.off(ON_DEMAND, this.#pollNow);
    this.#reader?.close();
    this.#reader = null;
  }

  readonly #pollNow = (): void => this.#tryPoll(true);

  /** `whole`: as poll() takes it. */
  #tryPoll(whole: boolean): void {
    try {
      if (this.#reader) this.#poll(this.#reader, whole);
    } catch (error) {
      if (!this.#fail(error)) throw error;
    }
  }

  /** Whether the error is for the user to know; one of our own is not. */
  #fail(error: unknown): boolean {
    if (!(error instanceof UserError)) return false;
    this.#failure = error.message.replaceAll("\n", " ");
    this.#hasFailed = true;
    return true;
  }

  #next(ms: number): void {
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    this.#tryPoll(!this.#isSampled || performance.now() - this.#lastWhole >= WHOLE_MS);
    if (!this.#ended.signal.aborted) this.#next(this.#pause());
  }

  #pause(): number {
    if (this.#isSampled) return SAMPLE_MS;
    if (!this.#matcher.isUnsettled || this.#eagerLeft === 0) return WHOLE_MS;
    this.#eagerLeft -= 1;
    return EAGER_MS;
  }

  /** `whole`: bindings and page pools as well, and the sockets in no table when a known one is not among those in them. */
  #poll(reader: Reader, whole: boolean): void {
    const tables = reader.sockets();
    const hasStrayed = whole && this.#matcher.hasStrayed(tables.held);
    const { held, unread } = hasStrayed ? together(tables, reader.strays()) : tables;
    const networks = whole ? reader.networks() : null;
    this.#nameDevices(held, networks ?? []);
    const inflight = networks && inflightOf(networks);
    const owners = ownersOf(this.#matcher.strangers(held));
    if (whole) this.#lastWhole = performance.now();
    this.#matcher.expect({ end: sinceT0(this.#from), held, unread, owners, inflight });
  }

  #nameDevices(held: readonly HeldLine[], networks: readonly Network[]): void {
    for (const { netns, names } of networks)
      for (const [ifindex, name] of names) this.#names.set(`${netns}:${ifindex}`, name);
    for (const line of held) line.ifname = this.#names.get(`${line.netns}:${line.ifindex}`) ?? "";
  }
}

/** Pages out of page pools, by dma-buf. */
function inflightOf(networks: readonly Network[]): Map<number, number> {
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
