// folded - Stacks as one line each, frames joined by semicolons, a space, the weight: what flamegraph.pl and inferno read.

import { printable } from "../base/format.ts";
import type { ExportOptions } from "./exporter.ts";
import { ofHeldTokens } from "./held-stacks.ts";
import { type Stacks, weightOf, whole } from "./stacks.ts";

/** The lines of the weight asked for; stacks that weigh nothing are left out. */
export async function* writeFolded(stacks: Stacks, { weight }: Pick<ExportOptions, "weight">) {
  const index = weightOf(stacks, weight);
  for (const { frames, values } of stacks.samples) {
    const value = whole(values[index]);
    if (value > 0) yield `${frames.map(frame).join(";")} ${value}\n`;
  }
}

/** A semicolon in a name would start another frame. */
function frame(name: string): string {
  return printable(name).replaceAll(";", ":");
}

export const folded = ofHeldTokens(writeFolded);
