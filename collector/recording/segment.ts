// segment - Some consecutive events in memory, compressed as a recording of their own.

import type { Event, Header } from "../events/event.ts";
import { FIELD_NAMES } from "./format/columns.ts";
import { EventReader } from "./format/event-reader.ts";
import { linesIn } from "./format/lines.ts";
import { blockWriter, CHUNK_EVENTS, type Writer } from "./format/writer.ts";

/** What compresses well enough, and leaves few events uncompressed. */
const BLOCK_EVENTS = 4096;

export class Segment {
  /** Time of the ledger when it began and after its last event, ns since t0. */
  readonly from: number;
  until: number;
  events = 0;
  /** Compressed bytes. */
  bytes = 0;
  readonly #writer: Writer;
  readonly #parts: Buffer[] = [];

  constructor(header: Header, from: number) {
    this.from = from;
    this.until = from;
    this.#writer = blockWriter(header, { block: BLOCK_EVENTS, chunk: CHUNK_EVENTS });
  }

  take(event: Event, now: number): void {
    this.#append(this.#writer.take(event));
    this.until = now;
    this.events += 1;
  }

  /** All its events. */
  read(): Event[] {
    this.#append(this.#writer.end());
    const reader = new EventReader({ fields: FIELD_NAMES });
    return [...linesIn(this.#parts)].flatMap((line) => reader.take(line));
  }

  #append(part: Buffer | null): void {
    if (!part) return;
    this.#parts.push(part);
    this.bytes += part.length;
  }
}
