// exporter - The one shape of every export: a stream in, text or bytes out. An exporter opens nothing and knows of no file.

import type { Stream } from "../recording/stream.ts";

/** What a row of a table is. */
export const TABLES = ["sockets", "bindings", "events"] as const;
export type Table = (typeof TABLES)[number];

export interface ExportOptions {
  /** csv, parquet: what a row is. */
  table: Table;
  /** folded: which weight of the stacks the numbers are; a name no stack has is a UserError. */
  weight: string;
}

/** Reads the stream to its end; what can be written before that is, so that memory does not grow with the recording. */
export type Exporter = (stream: Stream, options: ExportOptions) => AsyncIterable<string | Uint8Array>;
