// flight-recorder - The newest events of a trace in bounded memory, and the stretch around each trigger as a recording.

import type { Event, Header, Trigger } from "../../events/event.ts";
import { forgetOver } from "../../ledger/ledger.ts";
import type { Changes, Ledger } from "../../ledger/state/ledger.ts";
import { CarryOver } from "../carry-over.ts";
import { Segment } from "../segment.ts";
import { Triggers } from "../triggers.ts";

/** How long a stretch is and what it is for. Times in ns of the trace. */
export interface FlightRecorderOptions {
  /** Before a trigger. */
  before: number;
  /** After it. A trigger meanwhile extends the stretch by as much, until it is as long after the first as before it. */
  after: number;
  on: readonly Trigger[];
}

/** A stretch to write before the recorder takes the next event: its events are read as they are asked for. */
export interface Stretch {
  header: Header & { stretch: NonNullable<Header["stretch"]> };
  events: Iterable<Event>;
}

type Fired = NonNullable<Header["stretch"]>["triggers"][number];

/** A stretch that is not over yet. */
interface Pending {
  from: number;
  until: number;
  triggers: Fired[];
}

/** Events are dropped by the segment; a stretch has about so many. */
const SEGMENTS = 16;
const SEGMENT_EVENTS = 32768;
/** Most compressed bytes in memory, whatever the duration: beyond them stretches are shorter. */
const MOST_BYTES = 2 ** 27;
const MOST_TRIGGERS = 100;

/** Takes the events of a trace; returns the stretch around each trigger when it is over. */
export class FlightRecorder {
  readonly #header: Header;
  readonly #options: FlightRecorderOptions;
  readonly #triggers: Triggers;
  /** Of the events before the first segment. */
  readonly #carryOver: CarryOver;
  readonly #segments: Segment[] = [];
  #pending: Pending | null = null;

  constructor(header: Header, options: FlightRecorderOptions) {
    this.#header = header;
    this.#options = options;
    this.#carryOver = new CarryOver(header);
    this.#triggers = new Triggers(options.on);
  }

  /** Compressed bytes in memory. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Takes an event that was applied to the ledger; lets the ledger forget what the recorder has dropped. */
  take(event: Event, ledger: Ledger, changes: Changes): Stretch | null {
    this.#segment(ledger.now).take(event, ledger.now);
    const what = this.#triggers.firedBy(event, ledger, changes);
    if (what) this.#fire({ what, at: ledger.now });
    const stretch = this.#over(ledger.now, event);
    // The events of a stretch are still to be read.
    if (!stretch) this.#drop(ledger);
    return stretch;
  }

  /** The segment for the next event. */
  #segment(now: number): Segment {
    const last = this.#segments.at(-1);
    const longest = this.#options.before / SEGMENTS;
    if (last && last.events < SEGMENT_EVENTS && now - last.from <= longest) return last;
    const segment = new Segment(this.#header, now);
    this.#segments.push(segment);
    return segment;
  }

  #fire(fired: Fired): void {
    const { before, after } = this.#options;
    this.#pending ??= { from: fired.at - before, until: 0, triggers: [] };
    const first = this.#pending.from + before;
    this.#pending.until = Math.min(fired.at + after, first + Math.max(before, after));
    if (this.#pending.triggers.length < MOST_TRIGGERS) this.#pending.triggers.push(fired);
  }

  /** The pending stretch, if it is over. */
  #over(now: number, { kind }: Event): Stretch | null {
    if (!this.#pending || (now < this.#pending.until && kind !== "end")) return null;
    const { from, triggers } = this.#pending;
    this.#pending = null;
    return { header: { ...this.#header, stretch: { from, triggers } }, events: this.#events(from) };
  }

  /** What a recording that begins at `from` must repeat, and every event since. */
  *#events(from: number): Generator<Event> {
    const carryOver = this.#carryOver.copy();
    let now = Number.NEGATIVE_INFINITY;
    let last: Event | null = null;
    for (const event of this.#recent()) {
      now = Math.max(now, event.t);
      if (now < from) {
        carryOver.take(event);
        continue;
      }
      if (!last) yield* carryOver.events();
      yield carryOver.rebase(event);
      last = event;
    }
    if (last && last.kind !== "end") yield { kind: "end", t: now, reason: "continued", detail: "" };
  }

  /** The events in memory, one segment inflated at a time. */
  *#recent(): Generator<Event> {
    for (const segment of this.#segments) yield* segment.read();
  }

  /** Drops segments that no stretch can need. */
  #drop(ledger: Ledger): void {
    const from = this.#pending?.from ?? ledger.now - this.#options.before;
    let bytes = this.bytes;
    while (this.#segments.length > 1 && ((this.#segments[0] as Segment).until < from || bytes > MOST_BYTES)) {
      const segment = this.#segments.shift() as Segment;
      bytes -= segment.bytes;
      for (const event of segment.read()) this.#carryOver.take(event);
      forgetOver(ledger, segment.until);
    }
  }
}
