// record - The verb `record`: events to a recording, until ^C or for as long as a command runs.

import { UserError } from "../errors.ts";
import { createRecording } from "../files.ts";
import { follow, type Sink, stopWhenSettled } from "../follow.ts";
import { traceHost } from "../live.ts";
import { eventLine, headerLine } from "../recording.ts";
import { runCommand } from "../run.ts";
import { onInterrupt, type TraceOptions } from "./common.ts";

export interface RecordOptions extends TraceOptions {
  /** File, or `-` for stdout. */
  output: string;
  force: boolean;
}

/** Writes a recording. Returns the command's exit code, or 0 without a command. */
export async function record(command: string[], options: RecordOptions): Promise<number> {
  const recording = createRecording(options.output, options.force);
  const stream = await traceHost(options.level);
  await recording.write(headerLine(stream.header));
  const sinks: Sink[] = [(event) => recording.write(eventLine(event))];
  const run = command.length > 0 ? runCommand(command, stream.header, options.output === "-" ? 2 : 1) : null;
  if (run) sinks.push(stopWhenSettled(stream, run.endedAt));
  else process.stderr.write("Recording. ^C ends it.\n");
  onInterrupt(() => (run ? run.interrupt() : stream.stop()));
  const ledger = await follow(stream, ...sinks);
  await recording.close();
  if (ledger.ended) throw new UserError(`${ledger.ended} The recording ends there.`);
  process.stderr.write(`${summary(ledger.sockets.length, options.output)}\n`);
  return run ? await run.exitCode : 0;
}

function summary(sockets: number, output: string): string {
  const next = output === "-" ? "" : ` Next: devmem-trace report ${output}`;
  return `Recorded ${sockets} socket${sockets === 1 ? "" : "s"} that received tokens.${next}`;
}
