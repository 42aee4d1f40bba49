// interrupt - What ^C, SIGTERM and SIGHUP do: the first ends the trace, the second the process.

import { EXIT } from "../../../collector/base/errors.ts";

/**
 * Calls `stop` at the first ^C, SIGTERM or SIGHUP, so that the end of the trace is still read; the same signal again exits at
 * once. The listeners stay: without one, a signal that comes while `stop` runs would end us without what happens at exit.
 */
export function onInterrupt(stop: () => void): void {
  const seen = new Set<NodeJS.Signals>();
  const interrupt = (signal: NodeJS.Signals) => {
    if (seen.has(signal)) process.exit(EXIT.interrupted);
    seen.add(signal);
    if (seen.size === 1) stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
}
