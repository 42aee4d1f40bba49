// writer - Events → the bytes of a recording: compressed blocks for a file, a line per event for a pipe. It does no IO.

import { type Event, type Header, having } from "../../events/event.ts";
import { BLOCK_EVENTS } from "./block.ts";
import { FIELD_NAMES } from "./columns.ts";
import { eventLine } from "./event-line.ts";
import { frameOf } from "./frames.ts";
import { FORMAT, headerLine } from "./header.ts";
import { Packer } from "./packer.ts";

const isIdle = having("loud", "idle");

/** Makes the bytes of a recording; whoever calls writes them, in this order. */
export interface Writer {
  /** The header, before anything else. */
  start(): Buffer;
  /** Takes an event; null if there is nothing to write yet. */
  take(event: Event): Buffer | null;
  /** What is left. */
  end(): Buffer | null;
}

/** Events between two fresh blocks: a reader that jumps into the recording unpacks as many at most. */
export const CHUNK_EVENTS = 32768;
/** A block is written at the first tick after something happened, or after so many idle events: a crash loses no more. */
const IDLE_EVENTS = 10;

/** A line per event, so that it can be read while it is written. */
export function textWriter(header: Header): Writer {
  return {
    start: () => Buffer.from(`${headerLine({ ...header, devmemTrace: FORMAT })}\n`),
    take: (event) => Buffer.from(`${eventLine(event)}\n`),
    end: () => null,
  };
}

/** Most events of a block, and between two fresh ones; tests use small sizes. */
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
    return frameOf(`${headerLine({ ...this.#header, devmemTrace: FORMAT, fields: FIELD_NAMES })}\n`);
  }

  take(event: Event): Buffer | null {
    this.#waiting.push(event);
    return this.#isDue(event) || this.#waiting.length >= this.#sizes.block ? this.end() : null;
  }

  #isDue({ kind }: Event): boolean {
    return kind === "tick" && (this.#waiting.length >= IDLE_EVENTS || !this.#waiting.every(isIdle));
  }

  end(): Buffer | null {
    if (this.#waiting.length === 0) return null;
    const isFresh = this.#written === 0 || this.#written - this.#freshAt >= this.#sizes.chunk;
    if (isFresh) this.#freshAt = this.#written;
    const block = this.#packer.pack(this.#waiting, this.#written, isFresh);
    this.#written += this.#waiting.length;
    this.#waiting = [];
    return frameOf(`${JSON.stringify(block)}\n`);
  }
}
