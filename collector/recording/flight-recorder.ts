// flight-recorder - A flight recorder: the last stretch of a trace in bounded memory, and a recording of it around each trigger.

import type { Event, Header } from "../events/event.ts";
import type { Trigger } from "../events/traits.ts";
import { letGo } from "../ledger/ledger.ts";
import type { Changes, Ledger } from "../ledger/state.ts";
import { CarryOver } from "./carry-over.ts";
import { FIELD_NAMES } from "./columns.ts";
import { linesIn } from "./lines.ts";
import { Reading } from "./stream.ts";
import { Triggers } from "./triggers.ts";
import { blockWriter, type Writer } from "./writer.ts";

/** How much is kept and what it is kept for. Times in ns of the trace. */
export interface RingOptions {
  /** Before a trigger. */
  before: number;
  /** After it; as much again for each further trigger, until there is as much after the first as before it. */
  after: number;
  on: readonly Trigger[];
}

/** A stretch to be written, before the next event is taken in: its header, and its events, made as they are asked for. */
export interface Stretch {
  header: Header & { stretch: NonNullable<Header["stretch"]> };
  events: Iterable<Event>;
}

/** A stretch around one or more triggers that is not over yet. */
interface Pending {
  from: number;
  until: number;
  triggers: Pulled[];
}

type Pulled = NonNullable<Header["stretch"]>["triggers"][number];

/** Pieces the stretch is kept in: what is older than it is dropped by the piece. */
const PIECES = 16;
const PIECE_EVENTS = 32768;
/** Compressed bytes kept at most, whatever the duration: the stretch is shorter then. */
const MOST_BYTES = 2 ** 27;
const MOST_TRIGGERS = 100;

/** Some events, compressed as a recording of their own. */
class Piece {
  readonly from: number;
  until: number;
  events = 0;
  bytes = 0;
  readonly #writer: Writer;
  readonly #parts: Buffer[] = [];

  constructor(header: Header, from: number) {
    this.from = from;
    this.until = from;
    this.#writer = blockWriter(header, { block: 4096, chunk: Number.POSITIVE_INFINITY });
  }

  take(event: Event, now: number): void {
    this.#keep(this.#writer.take(event));
    this.until = now;
    this.events += 1;
  }

  read(): Event[] {
    this.#keep(this.#writer.end());
    const reading = new Reading({ fields: FIELD_NAMES });
    return linesIn(Buffer.concat(this.#parts)).flatMap((line) => reading.take(line));
  }

  #keep(part: Buffer | null): void {
    if (!part) return;
    this.#parts.push(part);
    this.bytes += part.length;
  }
}

/** Takes a trace in; hands out the stretch around each trigger once it is over. */
export class Ring {
  readonly #header: Header;
  readonly #options: RingOptions;
  readonly #triggers: Triggers;
  readonly #carryOver: CarryOver;
  readonly #pieces: Piece[] = [];
  #pending: Pending | null = null;

  constructor(header: Header, options: RingOptions) {
    this.#header = header;
    this.#options = options;
    this.#carryOver = new CarryOver(header);
    this.#triggers = new Triggers(options.on);
  }

  /** Compressed bytes it holds. */
  get bytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  }

  /** Takes an event in that the ledger has taken in already; what the ring needs no more, the ledger forgets. */
  take(event: Event, ledger: Ledger, changes: Changes): Stretch | null {
    this.#piece(ledger.now).take(event, ledger.now);
    const what = this.#triggers.pulled(event, ledger, changes);
    if (what) this.#pull({ what, at: ledger.now });
    const over = this.#pending && (ledger.now >= this.#pending.until || event.kind === "end");
    const stretch = this.#pending && over ? this.#stretch(this.#pending) : null;
    // Its events are still to be read.
    if (!stretch) this.#drop(ledger);
    else this.#pending = null;
    return stretch;
  }

  #piece(now: number): Piece {
    const last = this.#pieces.at(-1);
    const full = !last || last.events >= PIECE_EVENTS || now - last.from > this.#options.before / PIECES;
    if (!full) return last;
    const piece = new Piece(this.#header, now);
    this.#pieces.push(piece);
    return piece;
  }

  #pull(pulled: Pulled): void {
    const { before, after } = this.#options;
    this.#pending ??= { from: pulled.at - before, until: 0, triggers: [] };
    const first = this.#pending.from + before;
    this.#pending.until = Math.min(pulled.at + after, first + Math.max(before, after));
    if (this.#pending.triggers.length < MOST_TRIGGERS) this.#pending.triggers.push(pulled);
  }

  #stretch({ from, triggers }: Pending): Stretch {
    return { header: { ...this.#header, stretch: { from, triggers } }, events: this.#events(from) };
  }

  /** What stands at `from`, and every event since. */
  *#events(from: number): Generator<Event> {
    const carryOver = this.#carryOver.copy();
    let now = Number.NEGATIVE_INFINITY;
    let last: Event | null = null;
    for (const piece of this.#pieces)
      for (const event of piece.read()) {
        now = Math.max(now, event.t);
        if (now < from) carryOver.take(event);
        else {
          if (!last) yield* carryOver.events();
          yield carryOver.rebase(event);
          last = event;
        }
      }
    if (last && last.kind !== "end") yield { kind: "end", t: now, reason: "continued", detail: "" };
  }

  #drop(ledger: Ledger): void {
    const from = this.#pending?.from ?? ledger.now - this.#options.before;
    let bytes = this.bytes;
    while (this.#pieces.length > 1 && ((this.#pieces[0] as Piece).until < from || bytes > MOST_BYTES)) {
      const piece = this.#pieces.shift() as Piece;
      bytes -= piece.bytes;
      for (const event of piece.read()) this.#carryOver.take(event);
      letGo(ledger, piece.until);
    }
  }
}
