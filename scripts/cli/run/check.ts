// check - Runs a command under the tracer and exits by verdict, for CI.

import { EXIT } from "../../../collector/base/errors.ts";
import { prettyPieces } from "../../../collector/base/json.ts";
import { createOutput } from "../../../collector/output/create-output.ts";
import type { Output } from "../../../collector/output/output.ts";
import { writePieces } from "../../../collector/output/pieces.ts";
import { follow } from "../../../collector/recording/follow.ts";
import { recorded, recordTo } from "../../../collector/recording/recorder.ts";
import type { Stream } from "../../../collector/recording/stream.ts";
import { reportOf } from "../../../collector/report/report.ts";
import type { Report } from "../../../collector/report/shape.ts";
import { reportText } from "../../../collector/report/text.ts";
import { type LiveStream, traceHost } from "../../../collector/tracer/live.ts";
import { stopWhenSettled } from "../../../collector/tracer/settled.ts";
import { startCommand } from "../../../collector/tracer/traced-command.ts";
import type { ForceOptions, TraceOptions, VerdictOptions } from "../options.ts";
import { exitCodeOf } from "./exit-code.ts";
import { onInterrupt } from "./interrupt.ts";

export interface CheckOptions extends TraceOptions, VerdictOptions, ForceOptions {
  /** Where to write the report as JSON as well. */
  report?: string;
  /** Where to write a recording as well. */
  record?: string;
}

/**
 * Traces the whole host while `command` runs. Returns the exit code: leak 23, else the command's own when it is not 0,
 * else 0 or 3 by verdict; 130 when interrupted.
 */
export async function check(command: string[], options: CheckOptions): Promise<number> {
  const { force } = options;
  const recording = options.record === undefined ? null : createOutput(options.record, { force });
  const reportFile =
    options.report === undefined ? null : createOutput(options.report, { force, whole: true });
  const stream = await traceHost(options.level, options.births);
  const run = startCommand(command, stream.header);
  let interrupted = false;
  onInterrupt(() => {
    interrupted = true;
    run.interrupt();
  });
  const ledger = await follow(await saved(stream, command, recording), stopWhenSettled(stream, run.endedAt));
  const own = await run.exitCode;
  const report = reportOf(ledger);
  process.stderr.write(`${reportText(report).join("\n")}\n`);
  if (reportFile) await writePieces(reportFile, prettyPieces(report));
  return interrupted ? EXIT.interrupted : exitCode(report, own, options);
}

async function saved(stream: LiveStream, command: string[], output: Output | null): Promise<Stream> {
  if (!output) return stream;
  const recorder = await recordTo(output, { ...stream.header, command });
  return recorded(stream, recorder, (why) => process.stderr.write(`devmem-trace: ${why}\n`));
}

function exitCode(report: Report, own: number, options: CheckOptions): number {
  if (report.verdict !== "leak" && own !== 0) return own;
  return exitCodeOf(report.verdict, options);
}
