// lines - The bytes of a recording → its lines, however it is compressed, in bounded memory; damage is reported as a line.

import { Readable } from "node:stream";
import { createGunzip, constants as zlib } from "node:zlib";
import { UserError } from "../../base/errors.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import { FRONT_BYTES, formOf } from "./frames.ts";
import type { Line, LineGroup } from "./line-group.ts";
import { LineSplitter } from "./line-splitter.ts";

const LF = 0x0a;

/**
 * The lines of a recording, a few at a time.
 * @param name the recording's name for error messages
 * @throws UserError if it is compressed in a way that cannot be read here
 */
export async function* linesOf(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Line[]> {
  for await (const { lines } of lineGroupsOf(bytes, name)) yield lines;
}

/** The lines of a recording with their offsets. Throws as linesOf does. */
export async function* lineGroupsOf(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<LineGroup> {
  const iterator = bytes[Symbol.asyncIterator]();
  const { head, ended } = await headOf(iterator);
  const all = chained(head, ended ? null : iterator);
  switch (formOf(head)) {
    case "frames":
      return yield* groupsOfFrames(all);
    case "gzip":
      return yield* groupsOfText(inflated(all), false);
    case "zstd":
      throw new UserError(
        `${name} was compressed by another program: unpack it with zstd -dc and pipe that into -.`,
      );
    case "text":
      return yield* groupsOfText(all, true);
  }
}

/** The lines of a part of a file that starts and ends with a group; its pieces are read as the lines are. */
export function* linesIn(pieces: Iterable<Buffer>): Generator<Line> {
  let splitter: FrameSplitter | LineSplitter | null = null;
  for (const bytes of pieces) {
    splitter ??= formOf(bytes) === "text" ? new LineSplitter() : new FrameSplitter();
    for (const { lines } of splitter.take(bytes)) yield* lines;
  }
  for (const { lines } of splitter?.end() ?? []) yield* lines;
}

/** So many first bytes that the form of the file is known. */
async function headOf(bytes: AsyncIterator<Buffer>): Promise<{ head: Buffer; ended: boolean }> {
  let head = Buffer.alloc(0);
  while (head.length < FRONT_BYTES) {
    const next = await bytes.next();
    if (next.done) return { head, ended: true };
    head = Buffer.concat([head, next.value]);
    // After the first line of a live stream nothing else may come for a while.
    if (head.includes(LF)) break;
  }
  return { head, ended: false };
}

async function* chained(head: Buffer, rest: AsyncIterator<Buffer> | null): AsyncGenerator<Buffer> {
  yield head;
  if (rest) yield* { [Symbol.asyncIterator]: () => rest };
}

/** Beyond so many bytes, content that is so many times as large as the file is no recording: events compress to a tenth. */
const CHECKED_BYTES = 2 ** 26;
const MOST_TIMES = 200;
const PIECE_BYTES = 2 ** 18;

/** The content of a gzip up to where it is cut or damaged. */
async function* inflated(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer | { unreadable: string }> {
  const gunzip = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH, chunkSize: PIECE_BYTES });
  const out = Readable.from(bytes).pipe(gunzip);
  let length = 0;
  try {
    for await (const piece of out) {
      yield piece;
      length += piece.length;
      if (length > CHECKED_BYTES && length > MOST_TIMES * gunzip.bytesWritten)
        return yield {
          unreadable: `nothing but repetition from here on: ${length} bytes of ${gunzip.bytesWritten}`,
        };
    }
  } catch (error) {
    yield { unreadable: `damaged from here on: ${(error as Error).message}` };
  }
}

async function* groupsOfText(
  bytes: AsyncIterable<Buffer | { unreadable: string }>,
  isSeekable: boolean,
): AsyncGenerator<LineGroup> {
  const splitter = new LineSplitter();
  for await (const piece of bytes)
    if (Buffer.isBuffer(piece))
      for (const group of splitter.take(piece)) yield isSeekable ? group : { ...group, at: -1 };
    else yield { at: -1, lines: [piece] };
  yield* splitter.end();
}

async function* groupsOfFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<LineGroup> {
  const splitter = new FrameSplitter();
  for await (const bytes of pieces) yield* splitter.take(bytes);
  yield* splitter.end();
}
