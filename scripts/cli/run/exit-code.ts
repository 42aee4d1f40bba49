// exit-code - The exit code of a verb that gives a verdict.

import { EXIT } from "../../../collector/base/errors.ts";
import type { RunVerdict } from "../../../collector/verdict/words.ts";
import type { VerdictOptions } from "../options.ts";

/** 0 clean, 23 (or as asked) leak, 3 inconclusive. */
export function exitCodeOf(verdict: RunVerdict, options: VerdictOptions): number {
  return verdict === "leak" ? options.errorExitcode : EXIT[verdict];
}
