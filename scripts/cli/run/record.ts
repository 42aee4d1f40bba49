// record - Writes a recording, its parts, or a file around each trigger, until ^C or while a command runs.

import { EXIT, UserError } from "../../../collector/base/errors.ts";
import type { Header, Trigger } from "../../../collector/events/event.ts";
import type { Ledger } from "../../../collector/ledger/state/ledger.ts";
import { createOutput } from "../../../collector/output/create-output.ts";
import { FileSeries } from "../../../collector/output/file-series.ts";
import {
  type LedgerRecorder,
  recordTriggers,
} from "../../../collector/recording/flight-recorder/flight-recorder-files.ts";
import { follow, type Sink } from "../../../collector/recording/follow.ts";
import { recordTo } from "../../../collector/recording/recorder.ts";
import { rotating } from "../../../collector/recording/rotation.ts";
import { type LiveStream, traceHost } from "../../../collector/tracer/live.ts";
import { stopWhenSettled } from "../../../collector/tracer/settled.ts";
import { startCommand } from "../../../collector/tracer/traced-command.ts";
import type { ForceOptions, TraceOptions } from "../options.ts";
import { onInterrupt } from "./interrupt.ts";

export interface RecordOptions extends TraceOptions, ForceOptions {
  /** File, or `-` for stdout. */
  output: string;
  /** A new file after each so many bytes. */
  rotate?: number;
  /** How many files of --rotate or --ring stay. */
  keep?: number;
  /** A flight recorder: ns before a trigger. */
  ring?: number;
  on: Trigger[];
}

/** After a trigger: long enough for the destroy that follows a close. */
const AFTER_NS = 5e9;

/** Writes a recording. Returns the command's exit code, or 0 without a command. */
export async function record(command: string[], options: RecordOptions): Promise<number> {
  refuseContradictions(options);
  const begin = prepared(options);
  const stream = await traceHost(options.level, options.births);
  const header = command.length > 0 ? { ...stream.header, command } : stream.header;
  const recorder = await begin(header);
  const run =
    command.length > 0 ? startCommand(command, stream.header, options.output === "-" ? 2 : 1) : null;
  if (!run) status("Recording. ^C ends it.");
  onInterrupt(() => (run ? run.interrupt() : stream.stop()));
  const sinks = run ? [stopWhenSettled(stream, run.endedAt)] : [];
  const ledger = await written(stream, recorder, sinks).catch(async (error) => {
    // The command goes on to its end, as it would without us.
    if (error instanceof UserError) await run?.exitCode.catch(() => {});
    throw error;
  });
  if (options.ring === undefined) status(summary(ledger.letGo.sockets + ledger.sockets.length, options));
  return run ? await run.exitCode : EXIT.clean;
}

/** The trace to its end, recorded. Throws UserError where it could not be written, or where tracing failed. */
async function written(stream: LiveStream, recorder: LedgerRecorder, sinks: Sink[]): Promise<Ledger> {
  const guard = new WriteGuard(stream);
  const sink: Sink = (event, ledger, changes) => guard.write(() => recorder.take(event, ledger, changes));
  const ledger = await follow(stream, sink, ...sinks);
  await guard.write(() => recorder.close());
  if (guard.failure) throw new UserError(`${guard.failure.message} What was written before is readable.`);
  if (ledger.ended) throw new UserError(`${ledger.ended} The recording ends there.`);
  return ledger;
}

/** Stops the trace at the first write that fails; the events still queued are then read without being written. */
class WriteGuard {
  failure: UserError | null = null;
  readonly #stream: LiveStream;

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  async write(step: () => void | Promise<void>): Promise<void> {
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

function refuseContradictions({ output, rotate, ring, keep }: RecordOptions): void {
  if (rotate !== undefined && ring !== undefined)
    throw new UserError("--rotate and --ring cannot be combined: choose one.", EXIT.usage);
  if (output === "-" && (rotate !== undefined || ring !== undefined))
    throw new UserError(
      "--rotate and --ring write several files, which stdout cannot hold: give -o a file name.",
      EXIT.usage,
    );
  if (keep !== undefined && rotate === undefined && ring === undefined)
    throw new UserError("--keep needs --rotate or --ring.", EXIT.usage);
}

/** Starts to write, once the trace has. */
type Begin = (header: Header) => LedgerRecorder | Promise<LedgerRecorder>;

/** Makes what can be made before the trace. Throws UserError where that fails. */
function prepared(options: RecordOptions): Begin {
  const { output: path, force, keep = Number.POSITIVE_INFINITY, ring, on, rotate } = options;
  if (ring !== undefined) {
    const series = new FileSeries({ path, force, keep });
    return (header) => recordTriggers(series, { before: ring, after: AFTER_NS, on }, header, status);
  }
  if (rotate !== undefined) {
    const series = new FileSeries({ path, force, keep }).prepare();
    return (header) => rotating(series, rotate, header);
  }
  const output = createOutput(path, { force });
  return (header) => recordTo(output, header);
}

function status(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function summary(sockets: number, { output, rotate }: RecordOptions): string {
  const next = output === "-" || rotate !== undefined ? "" : ` Next: devmem-trace report ${output}`;
  return `Recorded ${sockets} socket${sockets === 1 ? "" : "s"} that received tokens.${next}`;
}
