// record - The verb `record`: events to a recording, its parts, or a file around each trigger, until ^C or while a command runs.

import { EXIT, UserError } from "../../collector/base/errors.ts";
import type { Header } from "../../collector/events/event.ts";
import type { Trigger } from "../../collector/events/traits.ts";
import type { SeriesOptions } from "../../collector/recording/file-series.ts";
import { refuseExisting } from "../../collector/recording/files.ts";
import { type LedgerRecorder, recordTriggers } from "../../collector/recording/flight-recorder-files.ts";
import { follow, type Sink } from "../../collector/recording/follow.ts";
import { recordTo } from "../../collector/recording/recorder.ts";
import { rotating } from "../../collector/recording/rotation.ts";
import { type LiveStream, traceHost } from "../../collector/tracer/live.ts";
import { stopWhenSettled } from "../../collector/tracer/settled.ts";
import { runCommand } from "../../collector/tracer/traced-command.ts";
import { onInterrupt, type TraceOptions } from "./common.ts";

export interface RecordOptions extends TraceOptions {
  /** File, or `-` for stdout. */
  output: string;
  force: boolean;
  /** A part after each so many bytes. */
  rotate?: number;
  /** How many parts, or files around triggers, stay. */
  keep?: number;
  /** A flight recorder: ns before a trigger. */
  ring?: number;
  on: Trigger[];
}

/** After a trigger: long enough for the destroy that follows a close. */
const AFTER_NS = 5e9;

/** Writes a recording. Returns the command's exit code, or 0 without a command. */
export async function record(command: string[], options: RecordOptions): Promise<number> {
  requireSense(options);
  refuseExisting(options.output, options.force);
  const stream = await traceHost(options.level, options.births);
  const recorder = await recorderFor(
    options,
    command.length > 0 ? { ...stream.header, command } : stream.header,
  );
  const sink = new Taking(stream);
  const sinks: Sink[] = [(event, ledger) => sink.take(() => recorder.take(event, ledger))];
  const run = command.length > 0 ? runCommand(command, stream.header, options.output === "-" ? 2 : 1) : null;
  if (run) sinks.push(stopWhenSettled(stream, run.endedAt));
  else tell("Recording. ^C ends it.");
  onInterrupt(() => (run ? run.interrupt() : stream.stop()));
  const ledger = await follow(stream, ...sinks);
  await sink.take(() => recorder.close());
  if (sink.failure) throw new UserError(`${sink.failure.message} What was written can be read.`);
  if (ledger.ended) throw new UserError(`${ledger.ended} The recording ends there.`);
  if (options.ring === undefined) tell(summary(ledger.sockets.length, options));
  return run ? await run.exitCode : EXIT.clean;
}

/** The trace is ended, and what bpftrace still has to say is taken in, when nothing can be written any more. */
class Taking {
  failure: UserError | null = null;
  readonly #stream: LiveStream;

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  async take(step: () => void | Promise<void>): Promise<void> {
    if (this.failure) return;
    try {
      await step();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.failure = error;
      this.#stream.stop();
    }
  }
}

function requireSense({ output, rotate, ring, keep }: RecordOptions): void {
  if (rotate !== undefined && ring !== undefined)
    throw new UserError("--rotate and --ring exclude each other.", EXIT.usage);
  if (output === "-" && (rotate !== undefined || ring !== undefined))
    throw new UserError("--rotate and --ring write several files: stdout is one.", EXIT.usage);
  if (keep !== undefined && rotate === undefined && ring === undefined)
    throw new UserError("--keep is for --rotate and --ring.", EXIT.usage);
}

function recorderFor(options: RecordOptions, header: Header): LedgerRecorder | Promise<LedgerRecorder> {
  const { output: path, force, keep = Number.POSITIVE_INFINITY, ring, on, rotate } = options;
  const series: SeriesOptions = { path, force, keep };
  if (ring !== undefined) return recordTriggers(series, { before: ring, after: AFTER_NS, on }, header, tell);
  return rotate === undefined ? recordTo(path, force, header) : rotating(series, rotate, header);
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function summary(sockets: number, { output, rotate }: RecordOptions): string {
  const next = output === "-" || rotate !== undefined ? "" : ` Next: devmem-trace report ${output}`;
  return `Recorded ${sockets} socket${sockets === 1 ? "" : "s"} that received tokens.${next}`;
}
