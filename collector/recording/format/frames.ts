// frames - How a compressed recording is stored: each piece is a gzip member of its own that begins with its length.
//
// `gzip -d` reads them like any other file. With the length at the front, a reader goes from piece to piece without
// inflating, and finds the next one after a damaged stretch.

import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** RFC 1952: magic, deflate, FEXTRA; no time; unknown system; 8 bytes extra: subfield "DT", 4 bytes long. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x44, 0x54, 4, 0]);
/** RFC 8878: the first bytes of a file that another program compressed with zstd. */
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Most bytes of one frame, and of its content; a block has less than one hundredth. */
export const MOST_BYTES = 2 ** 25;

/** Bytes of a frame before its content: enough of a file to know its form. */
export const FRONT_BYTES = GZIP.length + 4;
const TAIL_BYTES = 8;

/** Length of the frame that starts at `at`, bytes; null if none does, or with an impossible length. */
export function lengthAt(bytes: Buffer, at: number): number | null {
  if (!startsWith(bytes, GZIP, at) || at + FRONT_BYTES > bytes.length) return null;
  const length = bytes.readUInt32LE(at + GZIP.length);
  return length > FRONT_BYTES + TAIL_BYTES && length <= MOST_BYTES ? length : null;
}

/** Whether a frame may start at `at`, where the bytes may end. */
export function startsFrame(bytes: Buffer, at: number): boolean {
  const there = bytes.subarray(at, at + GZIP.length);
  return there.equals(GZIP.subarray(0, there.length));
}

/** Where the next frame may start, at `at` or after it; -1 if nowhere. */
export function nextFrame(bytes: Buffer, at: number): number {
  return bytes.indexOf(GZIP, at);
}

function startsWith(bytes: Buffer, magic: Buffer, at: number): boolean {
  return (
    bytes.length >= at + magic.length && bytes.compare(magic, 0, magic.length, at, at + magic.length) === 0
  );
}

/** Makes a frame of `text`. */
export function frameOf(text: string): Buffer {
  const data = Buffer.from(text);
  const packed = deflateRawSync(data);
  const [length, tail] = [Buffer.alloc(4), Buffer.alloc(TAIL_BYTES)];
  length.writeUInt32LE(FRONT_BYTES + packed.length + TAIL_BYTES);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length, 4);
  return Buffer.concat([GZIP, length, packed, tail]);
}

/** The content of a whole frame; null if it is damaged, or larger than any of ours. */
export function contentOf(frame: Buffer): Buffer | null {
  try {
    const data = inflateRawSync(frame.subarray(FRONT_BYTES, -TAIL_BYTES), { maxOutputLength: MOST_BYTES });
    return crc32(data) === frame.readUInt32LE(frame.length - TAIL_BYTES) ? data : null;
  } catch {
    return null;
  }
}

/** The form of a file by its first bytes. `gzip`, `zstd`: compressed by another program than this one. */
export function formOf(bytes: Buffer): "frames" | "gzip" | "zstd" | "text" {
  if (startsWith(bytes, GZIP, 0)) return "frames";
  if (startsWith(bytes, GZIP.subarray(0, 2), 0)) return "gzip";
  return startsWith(bytes, ZSTD, 0) ? "zstd" : "text";
}
