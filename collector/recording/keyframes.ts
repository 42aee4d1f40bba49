// keyframes - Copies of the ledger at the beginnings of chapters, to go on from when a reader jumps there. Bounded in memory.

import type { Header } from "../events/event.ts";
import { newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import { checkMemory } from "../output/memory.ts";

/** The ledger before the first event of a chapter. */
export interface Keyframe {
  chapter: number;
  ledger: Ledger;
  /** Approximate bytes of memory. */
  size: number;
}

/** Beyond so many keyframes, or so many bytes, every second one is dropped: memory does not grow with the recording. */
const MOST_KEYFRAMES = 256;
const MOST_BYTES = 2 ** 27;
/** Approximate size of one socket or binding, and of one token. */
const SOCKET_BYTES = 3000;
const TOKEN_BYTES = 150;
/** Copying one socket, binding or token takes as long as applying so many events. */
const COPY_EVENTS = 8;

/** Approximate bytes of memory of a ledger. */
function sizeOf(ledger: Ledger): number {
  return SOCKET_BYTES * (ledger.sockets.length + ledger.bindings.length) + TOKEN_BYTES * tokensIn(ledger);
}

/** A copy that changes by itself. Throws UserError where there is no memory for it; on its way it takes as much again. */
export function copyOf(ledger: Ledger): Ledger {
  checkMemory(2 * sizeOf(ledger));
  return structuredClone(ledger);
}

export class Keyframes {
  #all: Keyframe[];
  /** Chapters from one keyframe to the next, at least. */
  #spacing = 1;
  /** Events that still have to pass to make up for the last copy. */
  #owed = 0;

  constructor(header: Header) {
    this.#all = [{ chapter: 0, ledger: newLedger(header), size: 0 }];
  }

  /** Oldest first. */
  get all(): readonly Keyframe[] {
    return this.#all;
  }

  /**
   * Copies the ledger, if enough events have passed to make up for the time that takes.
   * @param chapter the one that begins
   * @param events of the chapter before
   */
  offer(chapter: number, ledger: Ledger, events: number): void {
    this.#owed -= events;
    const newest = this.#all.at(-1) as Keyframe;
    if (this.#owed > 0 || chapter - newest.chapter < this.#spacing) return;
    const things = ledger.sockets.length + ledger.bindings.length;
    const tokens = tokensIn(ledger);
    const size = sizeOf(ledger);
    if (size > MOST_BYTES / 2) return;
    this.#all.push({ chapter, ledger: copyOf(ledger), size });
    this.#owed = COPY_EVENTS * (things + tokens);
    this.#thin();
  }

  #thin(): void {
    while (this.#isFull()) {
      this.#all = this.#all.filter((_, i) => i % 2 === 0);
      this.#spacing *= 2;
    }
  }

  #isFull(): boolean {
    const bytes = this.#all.reduce((sum, { size }) => sum + size, 0);
    return this.#all.length > 2 && (this.#all.length >= MOST_KEYFRAMES || bytes > MOST_BYTES);
  }
}

function tokensIn({ bindings, current }: Ledger): number {
  let tokens = 0;
  for (const socket of current.values()) tokens += socket.tokens.size;
  for (const binding of bindings) tokens += binding.held.size;
  return tokens;
}
