// functions - Which functions of the running kernel can be probed.

import { readFileSync } from "node:fs";

/** A function per line, followed by its module where it is in one. */
const LIST = "/sys/kernel/tracing/available_filter_functions";

/** Whether a function of this name has a hook at its entry, which fentry needs; what lacks one cannot be kprobed either, as a rule. */
export type HasFunction = (name: string) => boolean;

/** Of the running kernel; null where the list cannot be read (tracefs is not mounted, not root). */
export function kernelFunctions(): HasFunction | null {
  try {
    // Searched as text: to split 60,000 lines takes longer.
    const list = `\n${readFileSync(LIST, "latin1")}`;
    return (name) => list.includes(`\n${name}\n`) || list.includes(`\n${name} [`);
  } catch {
    return null;
  }
}
