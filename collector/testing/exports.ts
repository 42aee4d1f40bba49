// exports - Exports a stream to memory, and decodes protobuf with a reader that shares no code with our writers.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PbfReader } from "pbf";
// @ts-expect-error pbf has no types for its compiler.
import { compile } from "pbf/compile";
import type { ExportOptions } from "../export/exporter.ts";
import { FORMATS, type Format } from "../export/formats.ts";
import type { Stream } from "../recording/stream.ts";

/** Everything that an export writes. */
export async function exported(
  stream: Stream | Promise<Stream>,
  format: Format,
  options: Partial<ExportOptions> = {},
): Promise<Buffer> {
  const exporter = await FORMATS[format]();
  const chunks: Uint8Array[] = [];
  for await (const chunk of exporter(await stream, { table: "sockets", weight: "held", ...options }))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Reads `message` of a .proto file with pbf, which shares no code with the writers. */
export function decoded<T>(proto: URL, message: string, bytes: Uint8Array): T {
  const { parse } = createRequire(import.meta.url)("protocol-buffers-schema");
  const readers = compile(parse(readFileSync(proto, "utf8")));
  return readers[`read${message}`](new PbfReader(bytes)) as T;
}
