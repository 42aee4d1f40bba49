// files - Recordings and reports on disk or on stdin and stdout; nothing that exists is overwritten unasked.

import {
  createReadStream,
  createWriteStream,
  existsSync,
  fchmodSync,
  fstatSync,
  openSync,
  writeFileSync,
} from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { UserError } from "../base/errors.ts";
import { harmless } from "../base/format.ts";
import { linesOf } from "./lines.ts";
import { readRecording, type Stream } from "./stream.ts";

/** A file being written, or stdout; `write` waits while the reader or disk is slow. */
export interface Output {
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Prints lines on stdout. */
export function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${harmless(line)}\n`).join(""));
}

/** Opens a recording; `-` is stdin. Throws UserError when it cannot be read or is not one. */
export async function openRecording(path: string): Promise<Stream> {
  const name = path === "-" ? "The stream on stdin" : path;
  return readRecording(linesOf(bytesOf(path, name), name), name);
}

const READ_BYTES = 2 ** 18;

/** The bytes of a file, or of stdin (`-`), `size` at most at a time. Throws UserError when it cannot be read. */
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

/** Creates a file only its owner may read; `-` is stdout. Errors come as UserError, from here, `write` or `close`. */
export function createOutput(path: string, force: boolean): Output {
  const out: Writable = path === "-" ? process.stdout : createWriteStream(path, { fd: create(path, force) });
  let failure: Error | null = null;
  out.on("error", (error) => {
    failure = fileError(path, error);
  });
  return {
    async write(bytes) {
      if (failure) throw failure;
      if (!out.write(bytes))
        await Promise.race([
          new Promise((go) => out.once("drain", go)),
          new Promise((go) => out.once("error", go)),
        ]);
    },
    async close() {
      if (out !== process.stdout) await finished(out.end()).catch(() => {});
      if (failure) throw failure;
    },
  };
}

/** Tells early what createOutput would: tracing takes seconds to start. Throws UserError when `path` exists already. */
export function refuseExisting(path: string, force: boolean): void {
  if (!force && path !== "-" && existsSync(path)) throw exists(path);
}

function exists(path: string): UserError {
  return new UserError(`${path} exists already: choose another name or give --force.`);
}

function create(path: string, force: boolean): number {
  try {
    const fd = openSync(path, force ? "w" : "wx", 0o600);
    // A file that was there keeps its mode; a device's is not ours to change.
    if (fstatSync(fd).isFile()) fchmodSync(fd, 0o600);
    return fd;
  } catch (error) {
    throw fileError(path, error as Error);
  }
}

/** Writes a whole file. Throws UserError when it exists and `force` is not given, or cannot be written. */
export function writeNew(path: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    throw fileError(path, error as Error);
  }
}

function fileError(path: string, error: NodeJS.ErrnoException): UserError {
  if (error.code === "EEXIST") return exists(path);
  return new UserError(`${path === "-" ? "stdout" : path} cannot be written: ${error.message}.`);
}
