// diff - Prints what got better and what got worse from one recording to another.

import { basename } from "node:path";
import { EXIT, UserError } from "../../../collector/base/errors.ts";
import { prettyPieces } from "../../../collector/base/json.ts";
import { diffOf } from "../../../collector/diff/diff.ts";
import { sideOf } from "../../../collector/diff/side.ts";
import { diffText } from "../../../collector/diff/text.ts";
import { linePieces } from "../../../collector/output/pieces.ts";
import { openRecording, printPieces } from "../../../collector/recording/files.ts";
import type { VerdictOptions } from "../options.ts";
import { exitCodeOf } from "./exit-code.ts";

export interface DiffOptions extends VerdictOptions {
  json: boolean;
}

/**
 * Prints what changed from recording `a` to `b` (one may be `-`, stdin). Returns 23 (or as asked) when B leaks where A did
 * not, or keeps more of its tokens; 3 when the evidence does not decide; else 0, whatever else changed.
 */
export async function diff(a: string, b: string, options: DiffOptions): Promise<number> {
  if (a === "-" && b === "-") throw new UserError("Only one of the two recordings can be stdin.", EXIT.usage);
  const before = await sideOf(await openRecording(a), nameOf(a));
  const after = await sideOf(await openRecording(b), nameOf(b));
  const result = diffOf(before, after);
  await printPieces(options.json ? prettyPieces(result) : linePieces(diffText(result)));
  return exitCodeOf(VERDICTS[result.outcome], options);
}

/** A regression exits as a leak does. */
const VERDICTS = { "no worse": "clean", worse: "leak", inconclusive: "inconclusive" } as const;

function nameOf(file: string): string {
  return file === "-" ? "stdin" : basename(file);
}
