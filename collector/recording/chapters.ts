// chapters - A recording's table of contents, made while it is read once: stretches to be read by themselves, ledgers to go on from.

import { type Event, type Header, having } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state.ts";
import type { Place } from "./lines.ts";
import { type Mark, Reading } from "./stream.ts";

/** A stretch of a recording that can be read without what comes before. */
export interface Chapter {
  /** Where it lies in the file, bytes. */
  at: number;
  until: number;
  mark: Mark;
  events: number;
  /** The ledger's time before its first event. */
  now: number;
  /** Whether anything but time and tokens passes in it. */
  eventful: boolean;
}

/** The ledger before the first event of a chapter. */
export interface Keyframe {
  chapter: number;
  ledger: Ledger;
  /** Bytes of memory, about. */
  size: number;
}

export interface Contents {
  chapters: Chapter[];
  keyframes: Keyframe[];
  /** When sockets closed holding tokens, never falling. */
  leaks: number[];
  /** Time of the last event. */
  end: number;
}

/** Beyond so many keyframes, or bytes in them, every second one goes: memory does not grow with the recording. */
const MOST_KEYFRAMES = 256;
const MOST_BYTES = 2 ** 29;
/** Of one socket or binding, and of one token. */
const SOCKET_BYTES = 3000;
const TOKEN_BYTES = 150;
/** A copy of what the ledger knows of one socket or token takes as long as so many events. */
const COPY_EVENTS = 8;

const isNoteworthy = having("loud", "news", "trouble");

/** Whether the user would step to it; beyond the end there is nothing to see. */
export function isEventful(event: Event): boolean {
  return isNoteworthy(event) && event.kind !== "end";
}

/** Reads a recording once, place by place. */
export class Indexer {
  readonly #chapters: Chapter[] = [];
  readonly #leaks: number[] = [];
  readonly #reading: Reading;
  readonly #ledger: Ledger;
  readonly #least: number;
  #keyframes: Keyframe[];
  #spacing = 1;
  #owed = 0;
  #hasBlocks = false;

  /** @param least events of a chapter of lines; blocks say themselves where one can start */
  constructor(header: Header, least: number) {
    this.#reading = new Reading(header);
    this.#ledger = newLedger(header);
    this.#least = least;
    this.#keyframes = [{ chapter: 0, ledger: newLedger(header), size: 0 }];
  }

  get ended(): boolean {
    return this.#reading.ended;
  }

  take(place: Place): void {
    if (this.#isStart(place)) this.#start(place.at);
    for (const line of place.lines) this.#add(this.#reading.take(line));
  }

  /** The contents of a file of `size` bytes. */
  finish(size: number): Contents {
    if (this.#chapters.length === 0) this.#start(size);
    if (!this.ended) this.#add(this.#reading.cut());
    this.#newest().until = size;
    const [chapters, leaks, end] = [this.#chapters, this.#leaks, this.#ledger.now];
    return { chapters, keyframes: this.#keyframes, leaks, end };
  }

  #newest(): Chapter {
    return this.#chapters.at(-1) as Chapter;
  }

  /** A block that leans on nothing; or lines of single events, where no block comes in between. */
  #isStart({ lines: [line] }: Place): boolean {
    if (typeof line !== "string") return this.#chapters.length === 0;
    const isBlock = line.startsWith('{"first":');
    this.#hasBlocks ||= isBlock;
    if (this.#chapters.length === 0) return true;
    if (isBlock) return /^\{"first":\d+,"fresh":true,/.test(line);
    return !this.#hasBlocks && this.#reading.mark().damage === "" && this.#newest().events >= this.#least;
  }

  #start(at: number): void {
    const last = this.#chapters.at(-1);
    if (last) last.until = at;
    this.#keep(last?.events ?? 0);
    const mark = this.#reading.mark();
    this.#chapters.push({ at, until: at, mark, events: 0, now: this.#ledger.now, eventful: false });
  }

  #add(events: Event[]): void {
    const chapter = this.#newest();
    chapter.events += events.length;
    for (const event of events) {
      const { leak } = apply(this.#ledger, event);
      chapter.eventful ||= isEventful(event);
      if (leak) this.#leaks.push(this.#ledger.now);
    }
  }

  /** A copy is made when enough events have passed to pay for it. */
  #keep(events: number): void {
    const chapter = this.#chapters.length;
    this.#owed -= events;
    const newest = this.#keyframes.at(-1) as Keyframe;
    if (this.#owed > 0 || chapter - newest.chapter < this.#spacing) return;
    const things = this.#ledger.sockets.length + this.#ledger.bindings.length;
    const tokens = tokensIn(this.#ledger);
    const size = SOCKET_BYTES * things + TOKEN_BYTES * tokens;
    this.#keyframes.push({ chapter, ledger: structuredClone(this.#ledger), size });
    this.#owed = COPY_EVENTS * (things + tokens);
    while (this.#isFull()) {
      this.#keyframes = this.#keyframes.filter((_, i) => i % 2 === 0);
      this.#spacing *= 2;
    }
  }

  #isFull(): boolean {
    const all = this.#keyframes.reduce((sum, { size }) => sum + size, 0);
    return this.#keyframes.length > 2 && (this.#keyframes.length >= MOST_KEYFRAMES || all > MOST_BYTES);
  }
}

function tokensIn({ bindings, current }: Ledger): number {
  let tokens = 0;
  for (const socket of current.values()) tokens += socket.tokens.size;
  for (const binding of bindings) tokens += binding.held.size;
  return tokens;
}
