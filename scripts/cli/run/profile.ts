// profile - Prints the profile of a command, a recording or this host.

import { EXIT, UserError } from "../../../collector/base/errors.ts";
import { prettyPieces } from "../../../collector/base/json.ts";
import type { Ledger } from "../../../collector/ledger/state/ledger.ts";
import { createOutput } from "../../../collector/output/create-output.ts";
import { mapped } from "../../../collector/output/memory.ts";
import { linePieces } from "../../../collector/output/pieces.ts";
import { profileReport } from "../../../collector/profile/report.ts";
import { profileText } from "../../../collector/profile/text.ts";
import { openRecording, printPieces } from "../../../collector/recording/files.ts";
import { follow, readWhole, type Sink } from "../../../collector/recording/follow.ts";
import { recordTo } from "../../../collector/recording/recorder.ts";
import { traceHost } from "../../../collector/tracer/live.ts";
import { stopWhenSettled } from "../../../collector/tracer/settled.ts";
import { startCommand } from "../../../collector/tracer/traced-command.ts";
import type { ForceOptions } from "../options.ts";
import { onInterrupt } from "./interrupt.ts";

export interface ProfileOptions extends ForceOptions {
  json: boolean;
  births: number;
  /** Where to write a recording as well. */
  output?: string;
}

/**
 * Prints the profile of a recording, of a command while it runs, or of this host until ^C. Returns 0, or the exit code
 * of the command.
 */
export async function profile(
  file: string | undefined,
  command: string[],
  options: ProfileOptions,
): Promise<number> {
  if (file !== undefined && command.length > 0)
    throw new UserError("profile takes either a recording or a command after --, not both.", EXIT.usage);
  const [ledger, code] = file === undefined ? await traced(command, options) : [await recorded(file), 0];
  const report = profileReport(ledger, mapped);
  await printPieces(options.json ? prettyPieces(report) : linePieces(profileText(report)));
  return code;
}

async function recorded(file: string): Promise<Ledger> {
  return readWhole(await openRecording(file));
}

async function traced(command: string[], options: ProfileOptions): Promise<[Ledger, number]> {
  const { output, force, births } = options;
  const file = output === undefined ? null : createOutput(output, { force });
  const stream = await traceHost("profile", births);
  const header = command.length > 0 ? { ...stream.header, command } : stream.header;
  const recorder = file && (await recordTo(file, header));
  const run = command.length > 0 ? startCommand(command, stream.header, 2) : null;
  if (!run) process.stderr.write("Profiling. ^C ends it.\n");
  onInterrupt(() => (run ? run.interrupt() : stream.stop()));
  const sinks: Sink[] = run ? [stopWhenSettled(stream, run.endedAt)] : [];
  if (recorder) sinks.unshift((event) => recorder.take(event));
  const ledger = await follow(stream, ...sinks);
  await recorder?.close();
  if (ledger.ended) throw new UserError(ledger.ended);
  return [ledger, run ? await run.exitCode : EXIT.clean];
}
