// stacks - Weighted stacks: what folded, speedscope and pprof write, whoever measured them.

import { EXIT, UserError } from "../base/errors.ts";
import type { ExportOptions } from "./exporter.ts";

/** What one of a sample's values is. */
export interface Weight {
  name: string;
  unit: "count" | "bytes" | "nanoseconds";
}

/** One stack; frames from the outermost to the innermost, names as the traced side has them. */
export interface Sample {
  frames: string[];
  /** In the order of the weights, each 0 or more. */
  values: number[];
}

export interface Stacks {
  weights: Weight[];
  samples: Sample[];
  /** Wall clock at the start, ISO 8601, and how long was measured, ns. */
  wall: string;
  duration: number;
}

/** Writes stacks in one format. */
export type StackWriter = (stacks: Stacks, options: ExportOptions) => AsyncIterable<string | Uint8Array>;

/** Which of the weights is called `name`. Throws UserError (exit 2) when none is. */
export function weightOf({ weights }: Stacks, name: string): number {
  const index = weights.findIndex((weight) => weight.name === name);
  if (index >= 0) return index;
  throw new UserError(`--weight is one of: ${weights.map((weight) => weight.name).join(", ")}.`, EXIT.usage);
}

/** A whole number for a format that knows no other. */
export function whole(value: number | undefined): number {
  return Math.max(0, Math.round(value ?? 0));
}
