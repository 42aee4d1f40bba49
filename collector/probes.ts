// probes - The probe program of a level: the files of probes/ that make it up, as one bpftrace program.

import { readFileSync } from "node:fs";
import type { Level } from "./event.ts";

const FILES: Record<Level, readonly string[]> = {
  counts: ["counts.bt", "bindings.bt"],
  tokens: ["counts.bt", "bindings.bt", "tokens.bt"],
};

/** Every kernel function the probes of a level attach to, e.g. `tcp_close`. */
export function functionsOf(level: Level): string[] {
  const probes = program(level).matchAll(/^(?:fentry|fexit|kprobe):(\w+)/gm);
  return [...new Set([...probes].map((m) => m[1] as string))];
}

/** The bpftrace program text of a level. Each file also runs alone; only the `#!` lines must go to join them. */
export function program(level: Level): string {
  return FILES[level]
    .map((file) => readFileSync(new URL(`../probes/${file}`, import.meta.url), "utf8").replace(/^#!.*\n/, ""))
    .join("\n");
}
