// formats - Every format a recording can be exported to. Each is loaded when it is used.

import type { Exporter } from "./exporter.ts";

/** Name → its exporter. */
export const FORMATS = {
  perfetto: async (): Promise<Exporter> => (await import("./perfetto/perfetto.ts")).perfetto,
  pprof: async (): Promise<Exporter> => (await import("./pprof.ts")).pprof,
  speedscope: async (): Promise<Exporter> => (await import("./speedscope.ts")).speedscope,
  folded: async (): Promise<Exporter> => (await import("./folded.ts")).folded,
  parquet: async (): Promise<Exporter> => (await import("./parquet.ts")).parquet,
  csv: async (): Promise<Exporter> => (await import("./csv.ts")).csv,
  openmetrics: async (): Promise<Exporter> => (await import("./openmetrics.ts")).openmetrics,
};
export type Format = keyof typeof FORMATS;

/** Formats whose output is bytes, and not for a terminal. */
export const BINARY: ReadonlySet<Format> = new Set<Format>(["perfetto", "pprof", "parquet"]);
