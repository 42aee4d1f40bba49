// files - Recordings and reports on disk or on stdin and stdout; nothing that exists is overwritten unasked.

import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { UserError } from "./errors.ts";
import { readRecording, type Stream } from "./recording.ts";

/** A recording being written, one line at a time; `write` waits while the reader or disk is slow. */
export interface Recording {
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

/** Prints lines on stdout. */
export function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** Opens a recording; `-` is stdin. Throws UserError when it cannot be read or is not one. */
export async function openRecording(path: string): Promise<Stream> {
  const input = path === "-" ? process.stdin : createReadStream(path);
  const name = path === "-" ? "The stream on stdin" : path;
  return readRecording(readLines(input, name), name);
}

async function* readLines(input: NodeJS.ReadableStream, name: string): AsyncGenerator<string> {
  try {
    const failed = new Promise<never>((_, reject) => input.once("error", reject));
    failed.catch(() => {});
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([lines.next(), failed]);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw new UserError(`${name} cannot be read: ${(error as Error).message}.`);
  }
}

/** Creates a recording, 0600; `-` is stdout. Errors come as UserError from `write` or `close`. */
export function createRecording(path: string, force: boolean): Recording {
  const out: Writable =
    path === "-" ? process.stdout : createWriteStream(path, { flags: force ? "w" : "wx", mode: 0o600 });
  let failure: Error | null = null;
  out.on("error", (error) => {
    failure = fileError(path, error);
  });
  return {
    async write(line) {
      if (failure) throw failure;
      if (!out.write(`${line}\n`))
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

/** Writes a whole file. Throws UserError when it exists and `force` is not given, or cannot be written. */
export function writeNew(path: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    throw fileError(path, error as Error);
  }
}

/** What went wrong with a file, as a sentence. */
export function fileError(path: string, error: NodeJS.ErrnoException): UserError {
  if (error.code === "EEXIST")
    return new UserError(`${path} exists already: choose another name or give --force.`);
  return new UserError(`${path === "-" ? "stdout" : path} cannot be written: ${error.message}.`);
}
