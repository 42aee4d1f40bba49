// player - A recording in which one can move to any time: its file is read on demand, with the ledger of that time.

import { fstatSync, openSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import { checked } from "../output/memory.ts";
import { ChapterReader } from "./chapter-reader.ts";
import { type Contents, Indexer, isEventful } from "./chapters.ts";
import { bytesOf } from "./files.ts";
import { readHeader } from "./format/header.ts";
import { lineGroupsOf } from "./format/lines.ts";
import { copyOf } from "./keyframes.ts";

/** A recording in which one can move. Times are ns since the header's t0. */
export interface Player {
  header: Header;
  /** Time of the last event. */
  end: number;
  /** The ledger after every event up to and including time t. Valid until the next call. */
  at(t: number): Ledger;
  /** Events in (from, to], oldest first. */
  between(from: number, to: number): Iterable<Event>;
  /** The earliest time after which, up to and including `to`, there are at most `events` events. */
  before(to: number, events: number): number;
  /** Time of the next (direction 1) or previous (-1) noteworthy event or leak; null if there is none. */
  seek(from: number, what: "event" | "leak", direction: 1 | -1): number | null;
}

/** How a recording is divided; tests use small sizes. */
export interface Sizes {
  /** Bytes read at once while it is opened. */
  read: number;
  /** Events of a chapter, if the recording does not determine it. */
  chapter: number;
}

const SIZES: Sizes = { read: 2 ** 18, chapter: 32768 };

/** Reads a recording once. Throws UserError if it cannot be read, is not a recording, or has no positions to move to. */
export async function openPlayer(file: string, sizes = SIZES): Promise<Player> {
  const fd = open(file);
  let header: Header | null = null;
  let indexer: Indexer | null = null;
  for await (const group of lineGroupsOf(bytesOf(file, file, sizes.read), file)) {
    const { lines } = group;
    if (group.at < 0) throw notSeekable(file);
    if (!header) header = readHeader(lines.shift() ?? "", file);
    indexer ??= new Indexer(header, sizes.chapter);
    if (lines.length > 0) indexer.take(group);
    if (indexer.ended) break;
  }
  header ??= readHeader("", file);
  indexer ??= new Indexer(header, sizes.chapter);
  return new FilePlayer(file, fd, header, indexer.finish(fstatSync(fd).size));
}

/** Stays open, so that it is the same file whatever its name refers to later. */
function open(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

function notSeekable(file: string): UserError {
  return new UserError(`${file} was compressed by another program: unpack it (gzip -d) to replay it.`);
}

/** Before event `row` of `chapter`. */
interface Position {
  chapter: number;
  row: number;
}

class FilePlayer implements Player {
  readonly header: Header;
  readonly end: number;
  readonly #contents: Contents;
  readonly #reader: ChapterReader;
  #here: Position & { ledger: Ledger };

  constructor(file: string, fd: number, header: Header, contents: Contents) {
    this.header = header;
    this.end = contents.end;
    this.#contents = contents;
    this.#reader = new ChapterReader(file, fd, header, contents.chapters);
    this.#here = { chapter: 0, row: 0, ledger: newLedger(header) };
  }

  at(t: number): Ledger {
    const wanted = this.#find(t);
    const nearest = this.#contents.keyframes.findLast((k) => k.chapter <= wanted.chapter);
    const [from, here] = [{ chapter: nearest?.chapter ?? 0, row: 0 }, this.#here];
    if (isBefore(wanted, here) || isBefore(here, from))
      this.#here = { ...from, ledger: copyOf(nearest?.ledger ?? newLedger(this.header)) };
    for (const event of checked(this.#range(this.#here, wanted), 4096)) apply(this.#here.ledger, event);
    Object.assign(this.#here, wanted);
    return this.#here.ledger;
  }

  between(from: number, to: number): Iterable<Event> {
    return this.#range(this.#find(from), this.#find(to));
  }

  before(to: number, events: number): number {
    let { chapter, row } = this.#find(to);
    let left = events;
    for (; chapter > 0 && row <= left; row = this.#contents.chapters[chapter]?.events ?? 0) {
      left -= row;
      chapter -= 1;
    }
    return row <= left ? -1 : (this.#reader.read(chapter).times[row - left - 1] as number);
  }

  seek(from: number, what: "event" | "leak", direction: 1 | -1): number | null {
    return what === "leak" ? beyond(this.#contents.leaks, from, direction) : this.#seekEvent(from, direction);
  }

  #seekEvent(from: number, direction: 1 | -1): number | null {
    const { chapters } = this.#contents;
    for (let chapter = this.#find(from).chapter; chapters[chapter]; chapter += direction) {
      const found = beyond(this.#eventfulTimes(chapter), from, direction);
      if (found !== null) return found;
    }
    return null;
  }

  #eventfulTimes(chapter: number): number[] {
    if (!this.#contents.chapters[chapter]?.isEventful) return [];
    const { events, times } = this.#reader.read(chapter);
    return times.filter((_, row) => isEventful(events[row] as Event));
  }

  /** Behind the last event at or before time t. */
  #find(t: number): Position {
    const { chapters } = this.#contents;
    const chapter = Math.max(0, countUpTo(chapters, t, ({ now }) => now) - 1);
    return { chapter, row: countUpTo(this.#reader.read(chapter).times, t, (time) => time) };
  }

  *#range(from: Position, to: Position): Generator<Event> {
    for (let chapter = from.chapter; chapter <= to.chapter; chapter++) {
      const { events } = this.#reader.read(chapter);
      const last = chapter === to.chapter ? to.row : events.length;
      for (let row = chapter === from.chapter ? from.row : 0; row < last; row++) yield events[row] as Event;
    }
  }
}

/** The first of the times after `from` (direction 1) or the last before it (-1); null if there is none. */
function beyond(times: number[], from: number, direction: 1 | -1): number | null {
  const found = direction === 1 ? times.find((t) => t > from) : times.findLast((t) => t < from);
  return found ?? null;
}

function isBefore(a: Position, b: Position): boolean {
  return a.chapter < b.chapter || (a.chapter === b.chapter && a.row < b.row);
}

/** How many of the items are at or before `t`; their times never decrease. */
function countUpTo<T>(items: T[], t: number, timeOf: (item: T) => number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(items[middle] as T) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}
