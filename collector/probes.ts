// probes - The probe program of a level: the files of probes/ that make it up, as one bpftrace program.

import { readFileSync } from "node:fs";
import type { Level } from "./event.ts";

const FILES: Record<Level, readonly string[]> = {
  counts: ["counts.bt", "bindings.bt"],
  tokens: ["counts.bt", "bindings.bt", "tokens.bt"],
};

/** Kernel functions the probes of a level attach to. `traced` needs a ftrace hook at the entry, `probed` only a symbol. */
export function functionsOf(level: Level): { traced: string[]; probed: string[] } {
  const text = program(level);
  return {
    traced: named(text, /^(?:.*, )?(?:fentry|fexit):(\w+)/gm),
    probed: named(text, /^(?:kprobe|kretprobe):(\w+)/gm),
  };
}

function named(text: string, probe: RegExp): string[] {
  return [...new Set([...text.matchAll(probe)].map((match) => match[1] as string))];
}

/** The bpftrace program text of a level. Each file also runs alone; only the `#!` lines must go to join them. */
export function program(level: Level): string {
  return FILES[level]
    .map((file) => readFileSync(new URL(`../probes/${file}`, import.meta.url), "utf8").replace(/^#!.*\n/, ""))
    .join("\n");
}
