// header - The header of the trace that a bench generates.

import type { Header, Level } from "../../collector/events/event.ts";

/** Of a mainline kernel, at `level`. */
export function headerOf(level: Level): Header {
  return {
    devmemTrace: 2,
    tool: "bench",
    level,
    bpftrace: "-",
    t0: "50000000000",
    wall: "2026-01-01T00:00:00.000Z",
    kernel: { release: "-", variant: "xarray" },
  };
}
