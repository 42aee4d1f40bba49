// player - A recording one can move through in both directions: its file read on demand, and the ledger as it was now and then.

import { fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state.ts";
import { type Chapter, type Contents, Indexer, isEventful } from "./chapters.ts";
import { bytesOf } from "./files.ts";
import { linesIn, placesOf } from "./lines.ts";
import { Reading, readHeader } from "./stream.ts";

/** A recording one can move through. Times are ns since the header's t0. */
export interface Player {
  header: Header;
  /** Time of the last event. */
  end: number;
  /** The ledger after every event up to and including time t. Valid until the next call. */
  at(t: number): Ledger;
  /** Events in (from, to], oldest first. */
  between(from: number, to: number): Iterable<Event>;
  /** A time as early as can be with no more than `events` events after it up to and including `to`. */
  before(to: number, events: number): number;
  /** Time of the next (direction 1) or previous (-1) event of interest / leak, null when there is none. */
  seek(from: number, what: "event" | "leak", direction: 1 | -1): number | null;
}

/** How a recording is taken apart; the tests take small ones. */
export interface Sizes {
  /** Bytes read at once while it is opened. */
  read: number;
  /** Events of a chapter, where it is not the recording that says. */
  chapter: number;
}

const SIZES: Sizes = { read: 2 ** 18, chapter: 32768 };
/** Chapters kept in memory: those around where one stands. */
const CACHED = 4;

/** Reads a recording once. Throws UserError when it cannot be read, is not one, or cannot be moved about in. */
export async function openPlayer(file: string, sizes = SIZES): Promise<Player> {
  const fd = open(file);
  let header: Header | null = null;
  let indexer: Indexer | null = null;
  for await (const place of placesOf(bytesOf(file, file, sizes.read), file)) {
    const { lines } = place;
    if (place.at < 0) throw notToBeMovedIn(file);
    if (!header) header = readHeader(lines.shift() ?? "", file);
    indexer ??= new Indexer(header, sizes.chapter);
    if (lines.length > 0) indexer.take(place);
    if (indexer.ended) break;
  }
  header ??= readHeader("", file);
  indexer ??= new Indexer(header, sizes.chapter);
  return new Tape(file, fd, header, indexer.finish(fstatSync(fd).size));
}

/** Kept open: whoever moves about in a recording wants this one, whatever its name means later. */
function open(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

function notToBeMovedIn(file: string): UserError {
  return new UserError(`${file} was compressed by another program: unpack it (gzip -d) to replay it.`);
}

/** A chapter's events and when each was known, never falling: lines of several CPUs may come a little out of order. */
interface Read {
  events: Event[];
  times: number[];
}

/** Before event `row` of `chapter`. */
interface Position {
  chapter: number;
  row: number;
}

class Tape implements Player {
  readonly header: Header;
  readonly end: number;
  readonly #file: string;
  readonly #fd: number;
  readonly #contents: Contents;
  readonly #cache = new Map<number, Read>();
  #here: Position & { ledger: Ledger };

  constructor(file: string, fd: number, header: Header, contents: Contents) {
    this.header = header;
    this.end = contents.end;
    this.#file = file;
    this.#fd = fd;
    this.#contents = contents;
    this.#here = { chapter: 0, row: 0, ledger: newLedger(header) };
  }

  at(t: number): Ledger {
    const wanted = this.#find(t);
    const nearest = this.#contents.keyframes.findLast((k) => k.chapter <= wanted.chapter);
    const [from, here] = [{ chapter: nearest?.chapter ?? 0, row: 0 }, this.#here];
    if (isBefore(wanted, here) || isBefore(here, from))
      this.#here = { ...from, ledger: structuredClone(nearest?.ledger ?? newLedger(this.header)) };
    for (const event of this.#range(this.#here, wanted)) apply(this.#here.ledger, event);
    Object.assign(this.#here, wanted);
    return this.#here.ledger;
  }

  between(from: number, to: number): Iterable<Event> {
    return this.#range(this.#find(from), this.#find(to));
  }

  before(to: number, events: number): number {
    let { chapter, row } = this.#find(to);
    let left = events;
    for (; chapter > 0 && row <= left; row = this.#chapter(chapter).events) {
      left -= row;
      chapter -= 1;
    }
    return row <= left ? -1 : (this.#read(chapter).times[row - left - 1] as number);
  }

  seek(from: number, what: "event" | "leak", direction: 1 | -1): number | null {
    const times = what === "leak" ? () => this.#contents.leaks : (chapter: number) => this.#steps(chapter);
    const last = what === "leak" ? 0 : this.#contents.chapters.length - 1;
    const start = what === "leak" ? 0 : this.#find(from).chapter;
    for (let chapter = start; chapter >= 0 && chapter <= last; chapter += direction) {
      const found =
        direction === 1 ? times(chapter).find((t) => t > from) : times(chapter).findLast((t) => t < from);
      if (found !== undefined) return found;
    }
    return null;
  }

  #steps(chapter: number): number[] {
    if (!this.#chapter(chapter).eventful) return [];
    const { events, times } = this.#read(chapter);
    return times.filter((_, row) => isEventful(events[row] as Event));
  }

  #chapter(number: number): Chapter {
    return this.#contents.chapters[number] as Chapter;
  }

  /** Behind the last event known at time t. */
  #find(t: number): Position {
    const { chapters } = this.#contents;
    const chapter = Math.max(0, after(chapters, t, ({ now }) => now) - 1);
    return { chapter, row: after(this.#read(chapter).times, t, (time) => time) };
  }

  *#range(from: Position, to: Position): Generator<Event> {
    for (let chapter = from.chapter; chapter <= to.chapter; chapter++) {
      const { events } = this.#read(chapter);
      const last = chapter === to.chapter ? to.row : events.length;
      for (let row = chapter === from.chapter ? from.row : 0; row < last; row++) yield events[row] as Event;
    }
  }

  #read(number: number): Read {
    const read = this.#cache.get(number) ?? this.#load(this.#chapter(number), number);
    this.#cache.delete(number);
    this.#cache.set(number, read);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED && oldest !== undefined) this.#cache.delete(oldest);
    return read;
  }

  #load(chapter: Chapter, number: number): Read {
    const bytes = Buffer.alloc(chapter.until - chapter.at);
    const length = readSync(this.#fd, bytes, 0, bytes.length, chapter.at);
    const reading = new Reading(this.header, chapter.mark);
    const events = linesIn(bytes.subarray(0, length)).flatMap((line) => reading.take(line));
    if (number === this.#contents.chapters.length - 1 && !reading.ended) events.push(...reading.cut());
    if (events.length !== chapter.events)
      throw new UserError(`${this.#file} has changed since it was opened: open it anew.`);
    let now = chapter.now;
    const times = events.map(({ t }) => (now = Math.max(now, t)));
    return { events, times };
  }
}

function isBefore(a: Position, b: Position): boolean {
  return a.chapter < b.chapter || (a.chapter === b.chapter && a.row < b.row);
}

/** How many of the items, whose times never fall, are at `t` or before. */
function after<T>(items: T[], t: number, timeOf: (item: T) => number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(items[middle] as T) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}
