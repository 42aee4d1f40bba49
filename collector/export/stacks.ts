// stacks - Weighted stacks: what folded, speedscope and pprof write.

import { EXIT, UserError } from "../base/errors.ts";
import type { ExportOptions } from "./exporter.ts";

/** What one value of a sample measures. */
export interface Weight {
  name: string;
  unit: "count" | "bytes" | "nanoseconds";
}

/** One stack; frames from the outermost to the innermost, names as the traced host has them (unescaped). */
export interface Sample {
  frames: string[];
  /** In the order of the weights, each 0 or more. */
  values: number[];
}

export interface Stacks {
  weights: Weight[];
  samples: Sample[];
  /** Wall clock at the start, ISO 8601, and the length of the recording, ns. */
  wall: string;
  duration: number;
}

/** Writes stacks in one format. */
export type StackWriter = (stacks: Stacks, options: ExportOptions) => AsyncIterable<string | Uint8Array>;

/** Index of the weight called `name`. Throws UserError (exit 2) if there is none. */
export function weightOf({ weights }: Stacks, name: string): number {
  const index = weights.findIndex((weight) => weight.name === name);
  if (index >= 0) return index;
  throw new UserError(
    `--weight must be one of: ${weights.map((weight) => weight.name).join(", ")}.`,
    EXIT.usage,
  );
}

/** A whole number, for formats that have only those. */
export function whole(value: number | undefined): number {
  return Math.max(0, Math.round(value ?? 0));
}
