// files - Recordings and reports on disk, stdin and stdout; an existing file is never overwritten without --force.

import { once } from "node:events";
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
import { linesOf } from "./format/lines.ts";
import { readRecording, type Stream } from "./stream.ts";

/** A file being written, or stdout; `write` waits while the reader or the disk is slow. */
export interface Output {
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Prints lines on stdout. */
export function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${harmless(line)}\n`).join(""));
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

/**
 * Creates a file that only its owner may read; `-` is stdout.
 * @throws UserError if that fails; so do `write` and `close`
 */
export function createOutput(path: string, force: boolean): Output {
  const out: Writable = path === "-" ? process.stdout : createWriteStream(path, { fd: create(path, force) });
  let failure: Error | null = null;
  out.on("error", (error) => {
    failure = fileError(path, error);
  });
  return {
    async write(bytes) {
      if (failure) throw failure;
      // An error is kept in `failure`.
      if (!out.write(bytes)) await once(out, "drain").catch(() => {});
    },
    async close() {
      if (out !== process.stdout) await finished(out.end()).catch(() => {});
      if (failure) throw failure;
    },
  };
}

/** Fails as createOutput would, but before tracing starts, which takes seconds. Throws UserError if `path` exists. */
export function refuseExisting(path: string, force: boolean): void {
  if (!force && path !== "-" && existsSync(path)) throw exists(path);
}

function exists(path: string): UserError {
  return new UserError(`${path} already exists: choose another name or use --force.`);
}

function create(path: string, force: boolean): number {
  try {
    const fd = openSync(path, force ? "w" : "wx", 0o600);
    // A file that existed keeps its mode otherwise; that of a device is not changed.
    if (fstatSync(fd).isFile()) fchmodSync(fd, 0o600);
    return fd;
  } catch (error) {
    throw fileError(path, error as Error);
  }
}

/** Writes a whole file. Throws UserError if it exists and `force` is not given, or if it cannot be written. */
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
