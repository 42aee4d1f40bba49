// export - The verb `export`: a recording in a format of another tool.

import { createWriteStream, openSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EXIT, UserError } from "../errors.ts";
import type { ExportOptions } from "../export/exporter.ts";
import { BINARY, FORMATS, type Format } from "../export/formats.ts";
import { fileError, openRecording } from "../files.ts";

export interface ExportVerbOptions extends ExportOptions {
  format: Format;
  /** File to write to; undefined or `-` is stdout. */
  output?: string;
  force: boolean;
}

/** Writes a recording (`-`: from stdin) in another format. A file is 0600, as a recording is. Returns the exit code. */
export async function exportTo(file: string, options: ExportVerbOptions): Promise<number> {
  const { format, output = "-", force } = options;
  if (output === "-" && BINARY.has(format) && process.stdout.isTTY)
    throw new UserError(`${format} is not text: give -o FILE, or a pipe.`, EXIT.usage);
  const exporter = await FORMATS[format]();
  const chunks = exporter(await openRecording(file), options);
  if (output === "-") await pipeline(Readable.from(chunks), process.stdout, { end: false });
  else await toFile(output, chunks, force);
  return EXIT.clean;
}

/** A file that did not come to its end does not stay. */
async function toFile(
  path: string,
  chunks: AsyncIterable<string | Uint8Array>,
  force: boolean,
): Promise<void> {
  const fd = created(path, force);
  try {
    await pipeline(Readable.from(chunks), createWriteStream(path, { fd }));
  } catch (error) {
    rmSync(path, { force: true });
    throw error instanceof UserError ? error : fileError(path, error as Error);
  }
}

function created(path: string, force: boolean): number {
  try {
    return openSync(path, force ? "w" : "wx", 0o600);
  } catch (error) {
    throw fileError(path, error as Error);
  }
}
