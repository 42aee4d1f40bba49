// report - The verb `report`: a recording as a report, text or JSON.

import { openRecording, print } from "../files.ts";
import { follow } from "../follow.ts";
import { reportOf } from "../report.ts";
import { reportText } from "../text.ts";
import { exitCodeOf, type TraceOptions } from "./common.ts";

/** Prints the report of a recording (`-`: from stdin). Returns the exit code by verdict. */
export async function report(
  file: string,
  options: Pick<TraceOptions, "errorExitcode"> & { json: boolean },
): Promise<number> {
  const result = reportOf(await follow(await openRecording(file)));
  print(...(options.json ? [JSON.stringify(result, null, 2)] : reportText(result)));
  return exitCodeOf(result.verdict, options);
}
