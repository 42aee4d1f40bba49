// host - Reads the facts doctor.ts judges off the running host.

import { readFileSync } from "node:fs";
import { isSupported, version } from "./bpftrace.ts";
import type { Host } from "./doctor.ts";
import { runningKernel } from "./kernel.ts";
import { functionsOf } from "./probes.ts";

const FUNCTIONS = "/sys/kernel/tracing/available_filter_functions";
const LOCKDOWN = "/sys/kernel/security/lockdown";

/** Reads this host. Never throws: what cannot be read is null or the answer that means "no". */
export function readHost(): Host {
  const found = version();
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    kernel: runningKernel(),
    bpftrace: found === null ? null : { version: found, supported: isSupported(found) },
    missing: missingFunctions(),
    lockdown: /\[(\w+)\]/.exec(read(LOCKDOWN) ?? "")?.[1] ?? "none",
  };
}

function missingFunctions(): string[] | null {
  const list = read(FUNCTIONS);
  if (list === null) return null;
  const names = new Set(list.split("\n").map((line) => line.split(" ")[0]));
  return functionsOf("tokens").filter((name) => !names.has(name));
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
