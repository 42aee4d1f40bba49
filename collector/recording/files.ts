// files - Recordings read from disk or stdin, and lines printed on stdout.

import { createReadStream } from "node:fs";
import { UserError } from "../base/errors.ts";
import { harmless } from "../base/format.ts";
import { createOutput } from "../output/create-output.ts";
import { writePieces } from "../output/pieces.ts";
import { linesOf } from "./format/lines.ts";
import { readRecording, type Stream } from "./stream.ts";

/** Prints lines on stdout. */
export function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${harmless(line)}\n`).join(""));
}

/** Prints what may be long, as it is made. */
export async function printPieces(pieces: Iterable<string>): Promise<void> {
  await writePieces(createOutput("-", { force: false }), pieces);
}

/** Opens a recording; `-` is stdin. Throws UserError if it cannot be read or is not a recording. */
export async function openRecording(path: string): Promise<Stream> {
  const name = path === "-" ? "The stream on stdin" : path;
  return readRecording(linesOf(bytesOf(path, name), name), name);
}

const READ_BYTES = 2 ** 18;

/**
 * The bytes of a file, or of stdin (`-`), at most `size` at a time.
 * @param name what to call it in an error message
 * @throws UserError if it cannot be read
 */
export async function* bytesOf(path: string, name: string, size = READ_BYTES): AsyncGenerator<Buffer> {
  try {
    for await (const bytes of path === "-" ? process.stdin : createReadStream(path, { highWaterMark: size }))
      yield bytes;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Whoever destroyed stdin does not want the rest.
    if (code === "ERR_STREAM_PREMATURE_CLOSE") return;
    throw new UserError(`${name} cannot be read: ${message}.`);
  }
}
