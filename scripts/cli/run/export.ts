// export - Writes a recording in a format of another tool.

import { EXIT, UserError } from "../../../collector/base/errors.ts";
import type { ExportOptions } from "../../../collector/export/exporter.ts";
import { BINARY, FORMATS, type Format } from "../../../collector/export/formats.ts";
import { createOutput } from "../../../collector/output/create-output.ts";
import { openRecording } from "../../../collector/recording/files.ts";
import type { ForceOptions } from "../options.ts";

export interface ExportVerbOptions extends ExportOptions, ForceOptions {
  format: Format;
  /** File to write to; undefined or `-` is stdout. */
  output?: string;
}

/** Writes a recording (`-`: from stdin) in another format. A file is 0600, as a recording is. Returns the exit code. */
export async function exportTo(file: string, options: ExportVerbOptions): Promise<number> {
  const { format, output = "-", force } = options;
  if (output === "-" && BINARY.has(format) && process.stdout.isTTY)
    throw new UserError(`${format} is a binary format: write it to a file (-o FILE) or a pipe.`, EXIT.usage);
  const exporter = await FORMATS[format]();
  const stream = await openRecording(file);
  const out = createOutput(output, { force, whole: true, input: file });
  try {
    for await (const chunk of exporter(stream, options)) await out.write(bufferOf(chunk));
    await out.close();
  } catch (error) {
    out.discard();
    throw error;
  }
  return EXIT.clean;
}

function bufferOf(chunk: string | Uint8Array): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}
