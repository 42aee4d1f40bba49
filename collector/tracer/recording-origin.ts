// recording-origin - Where and when a recording is made: what its header has beside the trace itself.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Header } from "../events/event.ts";

type Origin = Pick<Header, "t0" | "wall"> & Partial<Header>;

/** Reads this host's name, boot and clocks as they are now. Never throws: what cannot be read is left out. */
export function originOf(): Origin {
  const origin: Origin = {
    t0: String(process.hrtime.bigint()),
    wall: new Date().toISOString(),
    host: hostname(),
  };
  const boottime = uptimeNs();
  if (boottime !== null) origin.boottime = boottime;
  const bootId = read("/proc/sys/kernel/random/boot_id");
  if (bootId !== null) origin.bootId = bootId.trim();
  return origin;
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
