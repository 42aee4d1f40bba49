// recording-origin - Where and when a recording is made: what its header says beside the trace itself.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Header } from "../events/event.ts";

/** Reads this host's name, boot and clocks; the clocks are those of now. Never throws: what cannot be read is left out. */
export function originOf(): Pick<Header, "t0" | "wall"> & Partial<Header> {
  const t0 = String(process.hrtime.bigint());
  const boottime = uptimeNs();
  const bootId = read("/proc/sys/kernel/random/boot_id");
  return {
    ...{ t0, wall: new Date().toISOString(), host: hostname() },
    ...(boottime !== null && { boottime }),
    ...(bootId !== null && { bootId: bootId.trim() }),
  };
}

/** The first number of /proc/uptime is CLOCK_BOOTTIME in seconds, to a hundredth (uptime_proc_show, fs/proc/uptime.c). */
function uptimeNs(): string | null {
  const [, seconds, hundredths] = /^(\d+)\.(\d\d) /.exec(read("/proc/uptime") ?? "") ?? [];
  return seconds === undefined ? null : `${seconds}${hundredths}0000000`;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
