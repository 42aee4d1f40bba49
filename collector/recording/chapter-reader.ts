// chapter-reader - Reads the chapters of an open file on demand; the newest few stay in memory.

import { readSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import type { Chapter } from "./chapters.ts";
import { EventReader } from "./format/event-reader.ts";
import { linesIn } from "./format/lines.ts";

/** The events of a chapter, and the ledger's time after each: it never decreases, while events of several CPUs may be out of order. */
export interface ChapterEvents {
  events: Event[];
  times: number[];
}

/** Chapters in memory: those around the current position. */
const MOST_CACHED = 4;
const PIECE_BYTES = 2 ** 18;

export class ChapterReader {
  readonly #file: string;
  readonly #fd: number;
  readonly #header: Header;
  readonly #chapters: readonly Chapter[];
  readonly #cache = new Map<number, ChapterEvents>();

  /** @param file its name, for error messages */
  constructor(file: string, fd: number, header: Header, chapters: readonly Chapter[]) {
    this.#file = file;
    this.#fd = fd;
    this.#header = header;
    this.#chapters = chapters;
  }

  /** Throws UserError if the file has changed since its contents were made. */
  read(number: number): ChapterEvents {
    const read = this.#cache.get(number) ?? this.#load(number);
    this.#cache.delete(number);
    this.#cache.set(number, read);
    if (this.#cache.size > MOST_CACHED) this.#cache.delete(this.#cache.keys().next().value as number);
    return read;
  }

  #load(number: number): ChapterEvents {
    const chapter = this.#chapters[number] as Chapter;
    const reader = new EventReader(this.#header, chapter.mark);
    const events: Event[] = [];
    for (const line of linesIn(this.#pieces(chapter)))
      for (const event of reader.take(line)) events.push(event);
    if (number === this.#chapters.length - 1 && !reader.ended) events.push(...reader.cut());
    if (events.length !== chapter.events)
      throw new UserError(`${this.#file} has changed since it was opened: open it again.`);
    let now = chapter.now;
    const times = events.map(({ t }) => (now = Math.max(now, t)));
    return { events, times };
  }

  *#pieces({ at, until }: Chapter): Generator<Buffer> {
    for (let from = at; from < until; ) {
      const bytes = Buffer.alloc(Math.min(PIECE_BYTES, until - from));
      const length = readSync(this.#fd, bytes, 0, bytes.length, from);
      if (length === 0) return;
      yield bytes.subarray(0, length);
      from += length;
    }
  }
}
