// frame-splitter - Bytes of a compressed recording, in any pieces → groups of lines, a group per frame, in bounded memory.
//
// Damaged stretches are skipped, and work grows with the bytes alone: a frame behind which another one starts is unpacked
// once, whatever it holds, and reading goes on behind it. Where none starts behind it, its length may be what is damaged.

import { contentOf, FRONT_BYTES, lengthAt, nextFrame, startsFrame } from "./frames.ts";
import type { Line, LineGroup } from "./line-group.ts";

const LF = 0x0a;

/** So often a frame is unpacked although none starts behind it; after that such frames are damaged. */
const MOST_TRIES = 32;

export class FrameSplitter {
  #parts: Buffer[] = [];
  #length = 0;
  /** So many bytes must have come before anything more can be read. */
  #needed = 0;
  /** Offset of the first of them in the file. */
  #offset = 0;
  #tries = 0;

  /** Takes the next bytes; they are read as far as the caller takes what they complete. */
  *take(bytes: Buffer): Generator<LineGroup> {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= this.#needed) yield* this.#cut(false);
  }

  /** Nothing comes after: what is left is an incomplete frame. */
  *end(): Generator<LineGroup> {
    yield* this.#cut(true);
  }

  *#cut(isLast: boolean): Generator<LineGroup> {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    let at = 0;
    while (at < bytes.length && (isLast || at + neededAt(bytes, at) <= bytes.length)) {
      const { next, content } = this.#frameAt(bytes, at, isLast);
      const line = (content && lineIn(content)) ?? unread(next - at);
      if (line !== "") yield { at: this.#offset + at, lines: [line] };
      at = next;
    }
    this.#keep(bytes, at);
  }

  #keep(bytes: Buffer, at: number): void {
    const rest = bytes.subarray(at);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    this.#needed = rest.length > 0 ? neededAt(rest, 0) : 0;
    this.#offset += at;
  }

  /** Where reading goes on behind the frame at `at`, or behind what is damaged; the frame's content, if it is whole. */
  #frameAt(bytes: Buffer, at: number, isLast: boolean): { next: number; content: Buffer | null } {
    const length = lengthAt(bytes, at);
    const end = length ? at + length : Number.POSITIVE_INFINITY;
    const isFollowed = end <= bytes.length && startsFrame(bytes, end);
    const content =
      end <= bytes.length && (isFollowed || this.#mayTry()) ? contentOf(bytes.subarray(at, end)) : null;
    const next = content || isFollowed ? end : resume(bytes, at + 1, isLast);
    return { next, content };
  }

  #mayTry(): boolean {
    this.#tries += 1;
    return this.#tries <= MOST_TRIES;
  }
}

/** How many bytes from `at` on show whether a frame starts there, and hold it. */
function neededAt(bytes: Buffer, at: number): number {
  return lengthAt(bytes, at) ?? FRONT_BYTES;
}

/** Where reading can go on. The start of a frame may be among the last bytes that have come so far. */
function resume(bytes: Buffer, at: number, isLast: boolean): number {
  const next = nextFrame(bytes, at);
  if (next >= 0) return next;
  return isLast ? bytes.length : Math.max(at, bytes.length - FRONT_BYTES + 1);
}

/** The line of a frame; null if there are several, which no frame of ours has. */
function lineIn(content: Buffer): string | null {
  const end = content.indexOf(LF);
  const isOne = end < 0 || end === content.length - 1;
  return isOne ? content.toString("utf8", 0, end < 0 ? content.length : end) : null;
}

function unread(bytes: number): Line {
  return { unreadable: `${bytes} bytes that are not a whole record` };
}
