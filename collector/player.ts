// player - A recording one can move through in both directions: its events in memory, and the ledger as it was now and then.

import type { Event, Header } from "./event.ts";
import { openRecording } from "./files.ts";
import { apply, type Ledger, newLedger } from "./ledger.ts";
import type { Stream } from "./recording.ts";

/** A recording one can move through. Times are ns since the header's t0. */
export interface Player {
  header: Header;
  /** Time of the last event. */
  end: number;
  /** The ledger after every event up to and including time t. Valid until the next call. */
  at(t: number): Promise<Ledger>;
  /** Events in (from, to], oldest first. */
  between(from: number, to: number): AsyncIterable<Event>;
  /** Time of the next (direction 1) or previous (-1) event of interest / leak, null when there is none. */
  seek(from: number, what: "event" | "leak", direction: 1 | -1): Promise<number | null>;
}

/** The ledger after the first `applied` events. */
interface Keyframe {
  applied: number;
  ledger: Ledger;
}

/** Most keyframes kept: twice as many are thinned out, so that memory does not grow with the recording. */
const KEYFRAMES = 32;
const FIRST_SPACING = 4096;

/** What tells of nothing but the passage of time and of tokens. */
const ROUTINE: ReadonlySet<Event["kind"]> = new Set(["tick", "count", "issue", "return", "pinned", "end"]);

/** Reads a recording whole. Throws UserError when it cannot be read or is not one. */
export async function openPlayer(file: string): Promise<Player> {
  return load(await openRecording(file));
}

/** Reads a stream to its end and makes it one that can be moved through; the first keyframes are `spacing` events apart. */
export async function load({ header, events }: Stream, spacing = FIRST_SPACING): Promise<Player> {
  const tape = new Tape(header, spacing);
  for await (const event of events) tape.take(event);
  return tape;
}

class Tape implements Player {
  readonly header: Header;
  readonly #events: Event[] = [];
  /** When each event was known, never falling: lines of several CPUs may come a little out of order. */
  readonly #times: number[] = [];
  readonly #interesting: number[] = [];
  readonly #leaks: number[] = [];
  #keyframes: Keyframe[];
  #spacing: number;
  #here: Keyframe;

  constructor(header: Header, spacing: number) {
    this.header = header;
    this.#spacing = spacing;
    this.#here = { applied: 0, ledger: newLedger(header) };
    this.#keyframes = [structuredClone(this.#here)];
  }

  get end(): number {
    return this.#times.at(-1) ?? 0;
  }

  take(event: Event): void {
    this.#events.push(event);
    this.#step();
    const t = this.#here.ledger.now;
    this.#times.push(t);
    if (!ROUTINE.has(event.kind)) this.#interesting.push(t);
    if (event.kind === "close" && this.#closedHolding(event.sk)) this.#leaks.push(t);
    if (this.#here.applied - this.#newest().applied >= this.#spacing) this.#keep();
  }

  async at(t: number): Promise<Ledger> {
    const wanted = after(this.#times, t);
    const nearest = this.#keyframes.findLast((k) => k.applied <= wanted) as Keyframe;
    if (this.#here.applied > wanted || this.#here.applied < nearest.applied)
      this.#here = structuredClone(nearest);
    while (this.#here.applied < wanted) this.#step();
    return this.#here.ledger;
  }

  async *between(from: number, to: number): AsyncGenerator<Event> {
    yield* this.#events.slice(after(this.#times, from), after(this.#times, to));
  }

  async seek(from: number, what: "event" | "leak", direction: 1 | -1): Promise<number | null> {
    const times = what === "leak" ? this.#leaks : this.#interesting;
    const next = after(times, from);
    if (direction === 1) return times[next] ?? null;
    return times.slice(0, next).findLast((t) => t < from) ?? null;
  }

  #step(): void {
    apply(this.#here.ledger, this.#events[this.#here.applied++] as Event);
  }

  #newest(): Keyframe {
    return this.#keyframes.at(-1) as Keyframe;
  }

  #keep(): void {
    this.#keyframes.push(structuredClone(this.#here));
    if (this.#keyframes.length < 2 * KEYFRAMES) return;
    this.#keyframes = this.#keyframes.filter((_, i) => i % 2 === 0);
    this.#spacing *= 2;
  }

  #closedHolding(sk: string): boolean {
    return (this.#here.ledger.current.get(sk)?.heldAtClose ?? 0) > 0;
  }
}

/** How many of the (never falling) times are at `t` or before. */
function after(times: number[], t: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}
