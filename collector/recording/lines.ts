// lines - The bytes of a recording → its lines, whatever it is compressed with, in bounded memory; what is damaged is told.

import { Readable } from "node:stream";
import { createGunzip, constants as zlib } from "node:zlib";
import { UserError } from "../base/errors.ts";
import { contentOf, FRONT_BYTES, formOf, lengthAt, MOST_BYTES, nextFrame } from "./frames.ts";

/** One line without its end, or why one or more could not be read. */
export type Line = string | { unreadable: string };

/** Longest line that is read, bytes: the largest block has less than a tenth of it. */
const LONGEST = MOST_BYTES / 2;
const LF = 0x0a;
/** How the line of a block starts: JSON.stringify keeps the order of the keys. */
const BLOCK = '{"first":';

/** Lines that lie together, and where in the file they start; -1 where one cannot go there again. */
export interface Place {
  at: number;
  lines: Line[];
}

/** The lines of a recording, a few at a time. Throws UserError when it is compressed in a way not to be read here. */
export async function* linesOf(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Line[]> {
  for await (const { lines } of placesOf(bytes, name)) yield lines;
}

/** The lines of a recording by place. A block (recording/columns.ts) is always the first line of its place. */
export async function* placesOf(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Place> {
  const iterator = bytes[Symbol.asyncIterator]();
  const { head, ended } = await headOf(iterator);
  const all = chained(head, ended ? null : iterator);
  switch (formOf(head)) {
    case "frames":
      return yield* linesOfFrames(all);
    case "gzip":
      return yield* linesOfText(inflated(all), false);
    case "zstd":
      throw new UserError(
        `${name} was compressed by another program: give it to zstd -dc, and its output to -.`,
      );
    case "text":
      return yield* linesOfText(all, true);
  }
}

async function headOf(bytes: AsyncIterator<Buffer>): Promise<{ head: Buffer; ended: boolean }> {
  let head = Buffer.alloc(0);
  while (head.length < FRONT_BYTES) {
    const next = await bytes.next();
    if (next.done) return { head, ended: true };
    head = Buffer.concat([head, next.value]);
    // A stream's first line may be all there is for a while.
    if (head.includes(LF)) break;
  }
  return { head, ended: false };
}

async function* chained(head: Buffer, rest: AsyncIterator<Buffer> | null): AsyncGenerator<Buffer> {
  yield head;
  if (rest) yield* { [Symbol.asyncIterator]: () => rest };
}

/** What a cut or damaged gzip gives up to there. */
async function* inflated(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer | { unreadable: string }> {
  const out = Readable.from(bytes).pipe(createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH }));
  try {
    for await (const piece of out) yield piece;
  } catch (error) {
    yield { unreadable: `damaged from here on: ${(error as Error).message}` };
  }
}

async function* linesOfText(
  bytes: AsyncIterable<Buffer | { unreadable: string }>,
  seekable: boolean,
): AsyncGenerator<Place> {
  const splitter = new Splitter();
  for await (const piece of bytes)
    if (Buffer.isBuffer(piece))
      for (const place of splitter.take(piece)) yield seekable ? place : { ...place, at: -1 };
    else yield { at: -1, lines: [piece] };
  yield* splitter.end();
}

/** The lines of a stretch of a file that starts and ends with a place. */
export function linesIn(bytes: Buffer): Line[] {
  const splitter = new Splitter();
  const isText = formOf(bytes) === "text";
  const places = isText ? [...splitter.take(bytes), ...splitter.end()] : cutFrames(bytes, 0, true).places;
  return places.flatMap(({ lines }) => lines);
}

/** Cuts text into lines. A line that is too long is told of as soon as it is, and passed over. */
class Splitter {
  #parts: Buffer[] = [];
  #length = 0;
  #skipping = false;
  /** Bytes taken in before the line that is being put together. */
  #at = 0;

  take(bytes: Buffer): Place[] {
    const places: Place[] = [];
    let from = 0;
    for (let to = bytes.indexOf(LF); to >= 0; to = bytes.indexOf(LF, from)) {
      this.#keep(bytes.subarray(from, to), places);
      if (!this.#skipping) this.#add(places, this.#line());
      this.#skipping = false;
      this.#at += 1;
      from = to + 1;
    }
    this.#keep(bytes.subarray(from), places);
    return places;
  }

  end(): Place[] {
    const places: Place[] = [];
    if (this.#length > 0) this.#add(places, this.#line());
    return places;
  }

  #keep(part: Buffer, places: Place[]): void {
    if (this.#skipping) {
      this.#at += part.length;
      return;
    }
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= LONGEST) return;
    this.#add(places, { unreadable: `a line of more than ${LONGEST} bytes` });
    this.#forget();
    this.#skipping = true;
  }

  #add(places: Place[], line: Line): void {
    const last = places.at(-1);
    // The header is by itself, too.
    if (last && last.at > 0 && !(typeof line === "string" && line.startsWith(BLOCK))) last.lines.push(line);
    else places.push({ at: this.#at, lines: [line] });
    if (typeof line === "string") this.#forget();
  }

  #line(): string {
    const text = Buffer.concat(this.#parts).toString("utf8");
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }

  #forget(): void {
    this.#parts = [];
    this.#at += this.#length;
    this.#length = 0;
  }
}

async function* linesOfFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<Place> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for await (const more of pieces) {
    const bytes = rest.length === 0 ? more : Buffer.concat([rest, more]);
    const { places, taken } = cutFrames(bytes, offset, false);
    rest = Buffer.from(bytes.subarray(taken));
    offset += taken;
    yield* places;
  }
  yield* cutFrames(rest, offset, true).places;
}

/** Takes the whole frames off the front of `bytes`, which lie at `offset` of the file; with `last`, all of it. */
function cutFrames(bytes: Buffer, offset: number, last: boolean): { places: Place[]; taken: number } {
  const places: Place[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = lengthAt(bytes, at);
    const waits = length ? at + length > bytes.length : bytes.length - at < FRONT_BYTES;
    if (waits && !last) break;
    const content = length && !waits ? contentOf(bytes.subarray(at, at + length)) : null;
    const next = content && length ? at + length : resume(bytes, at + 1, last);
    const lines = content
      ? content.toString("utf8").trimEnd().split("\n")
      : [{ unreadable: `${next - at} bytes are no whole record` }];
    places.push({ at: offset + at, lines });
    at = next;
  }
  return { places, taken: at };
}

/** Where reading can go on; the beginning of a front may be the last bytes there are yet. */
function resume(bytes: Buffer, at: number, last: boolean): number {
  const next = nextFrame(bytes, at);
  if (next >= 0) return next;
  return last ? bytes.length : Math.max(at, bytes.length - FRONT_BYTES + 1);
}
