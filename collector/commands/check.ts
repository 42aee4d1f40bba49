// check - The verb `check`: runs a command under the tracer and exits by verdict, for CI.

import { EXIT } from "../errors.ts";
import { writeNew } from "../files.ts";
import { follow, stopWhenSettled } from "../follow.ts";
import { traceHost } from "../live.ts";
import { type Report, reportOf } from "../report.ts";
import { runCommand } from "../run.ts";
import { reportText } from "../text.ts";
import { exitCodeOf, onInterrupt, type TraceOptions } from "./common.ts";

export interface CheckOptions extends TraceOptions {
  /** Where to write the report as JSON as well. */
  report?: string;
  force: boolean;
}

/**
 * Traces the whole host while `command` runs. Returns the exit code: leak 23, else the command's own when it is not 0,
 * else 0 or 3 by verdict; 130 when interrupted.
 */
export async function check(command: string[], options: CheckOptions): Promise<number> {
  const stream = await traceHost(options.level);
  const run = runCommand(command, stream.header);
  let interrupted = false;
  onInterrupt(() => {
    interrupted = true;
    run.interrupt();
  });
  const ledger = await follow(stream, stopWhenSettled(stream, run.endedAt));
  const own = await run.exitCode;
  const report = reportOf(ledger);
  process.stderr.write(`${reportText(report).join("\n")}\n`);
  if (options.report) writeNew(options.report, `${JSON.stringify(report, null, 2)}\n`, options.force);
  return interrupted ? EXIT.interrupted : exitCode(report, own, options);
}

function exitCode(report: Report, own: number, options: CheckOptions): number {
  if (report.verdict !== "leak" && own !== 0) return own;
  return exitCodeOf(report.verdict, options);
}
