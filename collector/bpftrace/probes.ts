// probes - The probe program of a level: the files of probes/ that make it up, as one bpftrace program.

import { countsTokens, type Level, type Variant } from "../events/event.ts";
import { forVariant, textOf, uncounted, withClosing, withSlowpaths } from "./probe-text.ts";

const COUNTS = ["counts.bt", "reading.bt", "bindings.bt", "dry.bt"];

const FILES: Record<Level, readonly string[]> = {
  sampled: ["sampled.bt", "reading.bt", "bindings.bt"],
  counts: COUNTS,
  holds: [...COUNTS, "holds.bt"],
  profile: [...COUNTS, "holds.bt", "calls.bt", "cpu.bt", "locks.bt"],
  tokens: [...COUNTS, "tokens.bt"],
};

/** Kernel functions the probes of a level attach to. `traced` needs a ftrace hook at the entry, `probed` only a symbol. */
export function functionsOf(
  level: Level,
  variant?: Variant,
  slowpaths?: readonly string[],
): { traced: string[]; probed: string[] } {
  const text = program(level, variant, slowpaths);
  return {
    traced: named(text, /^(?:.*, )?(?:fentry|fexit):(\w+)/gm),
    probed: named(text, /^(?:kprobe|kretprobe):(\w+)/gm),
  };
}

function named(text: string, probe: RegExp): string[] {
  return [...new Set([...text.matchAll(probe)].map((match) => match[1] as string))];
}

/** bpftrace 0.23 takes one BEGIN in a program; a file has its own, to run alone. */
function withOneBegin(text: string): string {
  const bodies: string[] = [];
  const rest = text.replace(/^BEGIN\n\{\n(.*?)^\}\n/gms, (_, body: string) => {
    bodies.push(body);
    return "";
  });
  return `BEGIN\n{\n${bodies.join("")}}\n${rest}`;
}

function manualFiles(level: Level): string[] {
  const births = FILES[level].includes("holds.bt") ? ["paged.bt"] : [];
  return [...(countsTokens(level) ? ["manual.bt"] : []), ...births, "swept.bt"];
}

/**
 * The bpftrace program text of a level on a kernel of `variant`. Each file also runs alone; only the `#!` lines must go
 * to join them. A kernel with the v6 series gets swept.bt too, manual.bt where tokens are counted, and
 * paged.bt where their births are kept.
 * @param slowpaths what waits for a spinlock there: kernel.ts
 */
export function program(level: Level, variant: Variant = "xarray", slowpaths?: readonly string[]): string {
  const counted = countsTokens(level);
  const files = [...FILES[level], ...(variant === "sockopt" ? manualFiles(level) : [])];
  const text = withClosing(withOneBegin(files.map(textOf).join("\n")));
  return withSlowpaths(forVariant(counted ? text : uncounted(text), variant, counted), slowpaths);
}
