// writer - Events → the bytes of a recording: compressed blocks for a file, a line per event for a pipe. Pure: whoever calls writes them.

import { type Event, type Header, having } from "../events/event.ts";
import { BLOCK_EVENTS, FIELD_NAMES } from "./columns.ts";
import { frameOf } from "./frames.ts";
import { Packer } from "./packer.ts";
import { eventLine, FORMAT, headerLine } from "./stream.ts";

const isIdle = having("loud", "idle");

/** Makes a recording's bytes: what is to be written, one piece after the other. */
export interface Writer {
  /** The header; to be written before anything else. */
  start(): Buffer;
  /** Takes an event; null while there is nothing to write yet. */
  take(event: Event): Buffer | null;
  /** What is left. */
  end(): Buffer | null;
}

/** Blocks between two fresh ones: a reader that jumps into the recording unpacks as many at most. */
const CHUNK_EVENTS = 32768;
/** What a crash can take: a block is written with the first tick after something happened, or after so many idle ones. */
const IDLE_TICKS = 10;

/** A line per event, to be read while it comes. */
export function textWriter(header: Header): Writer {
  return {
    start: () => Buffer.from(`${headerLine({ ...header, devmemTrace: FORMAT })}\n`),
    take: (event) => Buffer.from(`${eventLine(event)}\n`),
    end: () => null,
  };
}

/** Events of a block and between two fresh ones, at most; the tests take small ones. */
export interface Sizes {
  block: number;
  chunk: number;
}

const SIZES: Sizes = { block: BLOCK_EVENTS, chunk: CHUNK_EVENTS };

/** Compressed blocks. */
export function blockWriter(header: Header, sizes = SIZES): Writer {
  return new BlockWriter(header, sizes);
}

class BlockWriter implements Writer {
  readonly #header: Header;
  readonly #sizes: Sizes;
  readonly #packer = new Packer();
  #waiting: Event[] = [];
  #written = 0;
  #freshAt = 0;

  constructor(header: Header, sizes: Sizes) {
    this.#header = header;
    this.#sizes = sizes;
  }

  start(): Buffer {
    return this.#frame(headerLine({ ...this.#header, devmemTrace: FORMAT, fields: FIELD_NAMES }));
  }

  take(event: Event): Buffer | null {
    this.#waiting.push(event);
    const idle = event.kind === "tick" && this.#waiting.every(isIdle);
    const due = event.kind === "tick" && (!idle || this.#waiting.length >= IDLE_TICKS);
    return due || this.#waiting.length >= this.#sizes.block ? this.end() : null;
  }

  end(): Buffer | null {
    if (this.#waiting.length === 0) return null;
    const fresh = this.#written === 0 || this.#written - this.#freshAt >= this.#sizes.chunk;
    if (fresh) this.#freshAt = this.#written;
    const block = this.#packer.pack(this.#waiting, this.#written, fresh);
    this.#written += this.#waiting.length;
    this.#waiting = [];
    return this.#frame(JSON.stringify(block));
  }

  #frame(line: string): Buffer {
    return frameOf(`${line}\n`);
  }
}
