// common - What the verbs share: the options of tracing, exit codes by verdict, ^C.

import { EXIT } from "../../collector/base/errors.ts";
import type { Level } from "../../collector/events/event.ts";
import type { RunVerdict } from "../../collector/verdict/words.ts";

/** Options of every verb that gives a verdict. `errorExitcode` replaces 23. */
export interface TraceOptions {
  level: Level;
  /** Levels holds and profile: tokens whose birth is kept at once. */
  births: number;
  errorExitcode: number;
}

/** 0 clean, 23 (or as asked) leak, 3 inconclusive. */
export function exitCodeOf(verdict: RunVerdict, options: Pick<TraceOptions, "errorExitcode">): number {
  return verdict === "leak" ? options.errorExitcode : EXIT[verdict];
}

/** Calls `stop` at the first ^C or SIGTERM, so that the end is still read; a second one ends the process at once. */
export function onInterrupt(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      stop();
      process.once(signal, () => process.exit(EXIT.interrupted));
    });
  }
}
