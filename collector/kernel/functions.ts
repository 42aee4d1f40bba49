// functions - Which functions of the running kernel can be probed.

import { readFileSync } from "node:fs";

const FUNCTIONS = "/sys/kernel/tracing/available_filter_functions";
const SYMBOLS = "/proc/kallsyms";

/** Names of functions: those with an ftrace hook at their entry, and every symbol. */
export interface Functions {
  hooked: ReadonlySet<string>;
  symbols: ReadonlySet<string>;
}

/** Those of the running kernel; null where the lists cannot be read (tracefs is not mounted, not root). */
export function kernelFunctions(): Functions | null {
  try {
    return { hooked: namesIn(FUNCTIONS, 0), symbols: namesIn(SYMBOLS, 2) };
  } catch {
    return null;
  }
}

/** The words in one column of a list. */
function namesIn(path: string, column: number): Set<string> {
  const lines = readFileSync(path, "utf8").split("\n");
  return new Set(lines.map((line) => line.split(/\s/, column + 1)[column] ?? ""));
}
