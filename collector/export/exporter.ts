// exporter - The shape of every exporter: a stream in, text or bytes out. An exporter opens no file.

import type { Stream } from "../recording/stream.ts";

/** What a row of a table is. */
export const TABLES = ["sockets", "bindings", "events"] as const;
export type Table = (typeof TABLES)[number];

export interface ExportOptions {
  /** csv, parquet: what each row is. */
  table: Table;
  /** folded: which weight the numbers are; an unknown name is a UserError. */
  weight: string;
}

/** Reads the stream to its end, and yields early what it can, so that memory does not grow with the recording. */
export type Exporter = (stream: Stream, options: ExportOptions) => AsyncIterable<string | Uint8Array>;
