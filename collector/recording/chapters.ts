// chapters - A recording's table of contents, made while it is read once: parts that can be read alone, and keyframes.

import { type Event, type Header, having } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import { checkMemory } from "../output/memory.ts";
import { isBlockLine, isFreshBlockLine } from "./format/block.ts";
import { EventReader, type Mark } from "./format/event-reader.ts";
import type { LineGroup } from "./format/line-group.ts";
import { type Keyframe, Keyframes } from "./keyframes.ts";

/** A part of a recording that can be read without what comes before. */
export interface Chapter {
  /** Where it starts and ends in the file, bytes. */
  at: number;
  until: number;
  mark: Mark;
  events: number;
  /** The ledger's time before its first event. */
  now: number;
  /** Whether it has an event that the user would step to. */
  isEventful: boolean;
}

export interface Contents {
  chapters: Chapter[];
  keyframes: readonly Keyframe[];
  /** When sockets closed while holding tokens, never decreasing. */
  leaks: number[];
  /** Time of the last event. */
  end: number;
}

/** Bytes of a chapter of lines of single events: a few chapters are in memory at a time. */
const CHAPTER_BYTES = 2 ** 23;

const isNoteworthy = having("loud", "news", "trouble");

/** Whether the user would step to it; nothing comes after the end. */
export function isEventful(event: Event): boolean {
  return isNoteworthy(event) && event.kind !== "end";
}

/** Reads a recording once, group by group. */
export class Indexer {
  readonly #chapters: Chapter[] = [];
  readonly #leaks: number[] = [];
  readonly #reader: EventReader;
  readonly #ledger: Ledger;
  readonly #keyframes: Keyframes;
  readonly #least: number;
  #hasBlocks = false;

  /** @param least events of a chapter, if it is lines of single events: with blocks, each fresh one begins a chapter */
  constructor(header: Header, least: number) {
    this.#reader = new EventReader(header);
    this.#ledger = newLedger(header);
    this.#keyframes = new Keyframes(header);
    this.#least = least;
  }

  get ended(): boolean {
    return this.#reader.ended;
  }

  take(group: LineGroup): void {
    if (this.#isStart(group)) this.#start(group.at);
    for (const line of group.lines) this.#add(this.#reader.take(line));
    checkMemory();
  }

  /** The contents of a file of `size` bytes. */
  finish(size: number): Contents {
    if (this.#chapters.length === 0) this.#start(size);
    if (!this.ended) this.#add(this.#reader.cut());
    this.#newest().until = size;
    return {
      chapters: this.#chapters,
      keyframes: this.#keyframes.all,
      leaks: this.#leaks,
      end: this.#ledger.now,
    };
  }

  #newest(): Chapter {
    return this.#chapters.at(-1) as Chapter;
  }

  /** Whether a chapter can begin here: with a fresh block, or with a whole line if there are no blocks. */
  #isStart({ at, lines: [line] }: LineGroup): boolean {
    const isFirst = this.#chapters.length === 0;
    if (typeof line !== "string") return isFirst;
    this.#hasBlocks ||= isBlockLine(line);
    if (isFirst) return true;
    if (isBlockLine(line)) return isFreshBlockLine(line);
    return !this.#hasBlocks && this.#reader.mark().damage === "" && this.#isFull(at);
  }

  #isFull(at: number): boolean {
    const newest = this.#newest();
    return newest.events >= this.#least || at - newest.at >= CHAPTER_BYTES;
  }

  #start(at: number): void {
    const last = this.#chapters.at(-1);
    if (last) last.until = at;
    this.#keyframes.offer(this.#chapters.length, this.#ledger, last?.events ?? 0);
    this.#chapters.push({
      at,
      until: at,
      mark: this.#reader.mark(),
      events: 0,
      now: this.#ledger.now,
      isEventful: false,
    });
  }

  #add(events: Event[]): void {
    const chapter = this.#newest();
    chapter.events += events.length;
    for (const event of events) {
      const { leak } = apply(this.#ledger, event);
      chapter.isEventful ||= isEventful(event);
      if (leak) this.#leaks.push(this.#ledger.now);
    }
  }
}
