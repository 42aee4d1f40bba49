// interrupt - What ^C, SIGTERM and SIGHUP do: the first ends the trace, the second the process.

import { EXIT } from "../../../collector/base/errors.ts";

/** Calls `stop` at the first ^C, SIGTERM or SIGHUP, so that the end of the trace is still read; a second one exits at once. */
export function onInterrupt(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      stop();
      process.once(signal, () => process.exit(EXIT.interrupted));
    });
  }
}
