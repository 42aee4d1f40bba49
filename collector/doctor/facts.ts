// facts - Reads from the running host what doctor.ts judges.

import { readFileSync } from "node:fs";
import { hasRanges, isSupported, version } from "../bpftrace/bpftrace.ts";
import { fitted } from "../bpftrace/fitting.ts";
import { OLDEST_TARGET } from "../bpftrace/program.ts";
import { LEVELS } from "../events/event.ts";
import { kernelFunctions } from "../kernel/functions.ts";
import { type KernelFacts, runningKernel } from "../kernel/kernel.ts";
import { ownPrivileges } from "../kernel/privileges.ts";
import type { Host } from "./doctor.ts";

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
    levels: levelsOf(kernel, found),
    lockdown: /\[(\w+)\]/.exec(read(LOCKDOWN) ?? "")?.[1] ?? "none",
  };
}

/** What each level lacks in this kernel; by the names and layouts of mainline 6.12 where the kernel is not known. */
function levelsOf(kernel: KernelFacts | null, bpftrace: string | null): Host["levels"] {
  const hasFunction = kernelFunctions();
  if (!hasFunction) return null;
  const layouts = { ...OLDEST_TARGET.layouts, ...kernel?.layouts };
  const target = { ...OLDEST_TARGET, ...kernel, layouts, hasRanges: hasRanges(bpftrace ?? "") };
  return LEVELS.map((level) => {
    const { absent, missing } = fitted(level, target, hasFunction);
    return { level, absent, missing };
  });
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
