// record - The verb `record`: events to a recording, until ^C or for as long as a command runs.

import { UserError } from "../errors.ts";
import { refuseExisting } from "../files.ts";
import { follow, type Sink, stopWhenSettled } from "../follow.ts";
import { traceHost } from "../live.ts";
import { recordTo } from "../recorder.ts";
import { runCommand } from "../run.ts";
import { onInterrupt, type TraceOptions } from "./common.ts";

export interface RecordOptions extends TraceOptions {
  /** File, or `-` for stdout. */
  output: string;
  force: boolean;
}

/** Writes a recording. Returns the command's exit code, or 0 without a command. */
export async function record(command: string[], options: RecordOptions): Promise<number> {
  refuseExisting(options.output, options.force);
  const stream = await traceHost(options.level);
  const header = command.length > 0 ? { ...stream.header, command } : stream.header;
  const recorder = await recordTo(options.output, options.force, header);
  const sinks: Sink[] = [(event) => recorder.take(event)];
  const run = command.length > 0 ? runCommand(command, stream.header, options.output === "-" ? 2 : 1) : null;
  if (run) sinks.push(stopWhenSettled(stream, run.endedAt));
  else process.stderr.write("Recording. ^C ends it.\n");
  onInterrupt(() => (run ? run.interrupt() : stream.stop()));
  const ledger = await follow(stream, ...sinks);
  await recorder.close();
  if (ledger.ended) throw new UserError(`${ledger.ended} The recording ends there.`);
  process.stderr.write(`${summary(ledger.sockets.length, options.output)}\n`);
  return run ? await run.exitCode : 0;
}

function summary(sockets: number, output: string): string {
  const next = output === "-" ? "" : ` Next: devmem-trace report ${output}`;
  return `Recorded ${sockets} socket${sockets === 1 ? "" : "s"} that received tokens.${next}`;
}
