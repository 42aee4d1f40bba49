// facts - Reads from the running host what doctor.ts judges.

import { readFileSync } from "node:fs";
import { functionsOf } from "../bpftrace/attach-points.ts";
import { isSupported, version } from "../bpftrace/bpftrace.ts";
import { levelProgram, OLDEST_TARGET } from "../bpftrace/program.ts";
import { LEVELS } from "../events/event.ts";
import { type Kernel, runningKernel } from "../kernel/kernel.ts";
import { ownPrivileges } from "../kernel/privileges.ts";
import type { Host } from "./doctor.ts";

const FUNCTIONS = "/sys/kernel/tracing/available_filter_functions";
const SYMBOLS = "/proc/kallsyms";
const LOCKDOWN = "/sys/kernel/security/lockdown";

/** Reads this host. Never throws: what cannot be read is null or the answer that means "no". */
export function readHost(): Host {
  const found = version();
  const kernel = runningKernel();
  return {
    platform: process.platform,
    privileges: ownPrivileges(),
    kernel,
    bpftrace: found === null ? null : { version: found, supported: isSupported(found) },
    missing: missingFunctions(kernel),
    lockdown: /\[(\w+)\]/.exec(read(LOCKDOWN) ?? "")?.[1] ?? "none",
  };
}

/** Of all levels; by the names of mainline where the kernel is not known. */
function missingFunctions(kernel: Kernel | null): string[] | null {
  const hooks = namesIn(read(FUNCTIONS), 0);
  const symbols = namesIn(read(SYMBOLS), 2);
  if (!hooks || !symbols) return null;
  const target = { ...OLDEST_TARGET, ...kernel };
  const needed = LEVELS.map((level) => functionsOf(levelProgram(level, target)));
  const missing = needed.flatMap(({ traced, probed }) => [
    ...traced.filter((name) => !hooks.has(name)),
    ...probed.filter((name) => !symbols.has(name)),
  ]);
  return [...new Set(missing)];
}

/** The words in one column of a list. */
function namesIn(list: string | null, column: number): Set<string | undefined> | null {
  return list === null ? null : new Set(list.split("\n").map((line) => line.split(" ")[column]));
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
