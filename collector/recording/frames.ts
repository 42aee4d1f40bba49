// frames - A compressed recording's pieces on disk: each a gzip member (a zstd frame) by itself, whose length stands at its front.
//
// `gzip -d` reads them like any other file. The length in the front lets a reader go from piece to piece without
// inflating, and find the next one behind a damaged stretch.

import * as zlib from "node:zlib";

export type Codec = "gzip" | "zstd";

/** RFC 1952: magic, deflate, FEXTRA; no time; unknown system; 8 bytes extra: subfield "DT", 4 bytes long. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x44, 0x54, 4, 0]);
/** RFC 8878: a skippable frame of 4 bytes (zstd -d passes over it), and the magic of the frame behind it. */
const ZSTD = Buffer.from([0x5d, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]);
const ZSTD_FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Most bytes of one frame, and of what comes out of it; a block is less than one hundredth. */
export const MOST_BYTES = 2 ** 25;

/** Front of a frame: its codec, its length in the file with the front, and of the front alone. */
export interface Front {
  codec: Codec;
  length: number;
  front: number;
}

/** Bytes that are enough to read any front. */
export const FRONT_BYTES = GZIP.length + 4;

interface Zstd {
  zstdCompressSync?: (data: Uint8Array, options: object) => Buffer;
  zstdDecompressSync?: (data: Uint8Array, options: object) => Buffer;
}
const { zstdCompressSync, zstdDecompressSync } = zlib as Zstd;

/** Whether this Node knows the codec: zstd came with 22.15 and 23.8. */
export function hasCodec(codec: Codec): boolean {
  return codec === "gzip" || zstdDecompressSync !== undefined;
}

/** The frame at `at`, null where none starts or its length cannot be. */
export function frontAt(bytes: Buffer, at: number): Front | null {
  const codec = startsWith(bytes, GZIP, at) ? "gzip" : startsWith(bytes, ZSTD, at) ? "zstd" : null;
  if (!codec) return null;
  const front = (codec === "gzip" ? GZIP : ZSTD).length + 4;
  if (at + front > bytes.length) return null;
  const length = bytes.readUInt32LE(at + front - 4);
  return length > front && length <= MOST_BYTES ? { codec, length, front } : null;
}

/** Where the next frame may start, from `at` on; -1 where none does. */
export function nextFront(bytes: Buffer, at: number): number {
  const places = [bytes.indexOf(GZIP, at), bytes.indexOf(ZSTD, at)].filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

function startsWith(bytes: Buffer, magic: Buffer, at: number): boolean {
  return (
    bytes.length >= at + magic.length && bytes.compare(magic, 0, magic.length, at, at + magic.length) === 0
  );
}

/** Makes a frame of `text`. */
export function frameOf(text: string, codec: Codec = "gzip"): Buffer {
  return codec === "gzip" ? gzipFrame(Buffer.from(text)) : zstdFrame(Buffer.from(text));
}

function gzipFrame(data: Buffer): Buffer {
  const packed = zlib.deflateRawSync(data);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(zlib.crc32(data), 0);
  tail.writeUInt32LE(data.length, 4);
  return framed(GZIP, [packed, tail]);
}

function zstdFrame(data: Buffer): Buffer {
  const checksum = { params: { [(zlib.constants as Record<string, number>).ZSTD_c_checksumFlag ?? 201]: 1 } };
  return framed(ZSTD, [(zstdCompressSync as NonNullable<Zstd["zstdCompressSync"]>)(data, checksum)]);
}

function framed(magic: Buffer, parts: Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(magic.length + 4 + parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([magic, length, ...parts]);
}

/** What is in a whole frame; null when it is damaged or its content is larger than any of ours. */
export function contentOf(frame: Buffer, { codec, front }: Front): Buffer | null {
  const limit = { maxOutputLength: MOST_BYTES };
  try {
    if (codec === "zstd") return zstdDecompressSync?.(frame.subarray(front), limit) ?? null;
    const data = zlib.inflateRawSync(frame.subarray(front, -8), limit);
    return zlib.crc32(data) === frame.readUInt32LE(frame.length - 8) ? data : null;
  } catch {
    return null;
  }
}

/** What the first bytes of a file say of it. `gzip`, `zstd`: compressed by another program than this one. */
export function formOf(bytes: Buffer): "frames" | "gzip" | "zstd" | "text" {
  if (startsWith(bytes, GZIP, 0) || startsWith(bytes, ZSTD, 0)) return "frames";
  if (startsWith(bytes, GZIP.subarray(0, 2), 0)) return "gzip";
  return startsWith(bytes, ZSTD_FRAME, 0) ? "zstd" : "text";
}
