// live - Shows this host or a stream, on a terminal as a screen, else as lines; then prints the report.

import { basename } from "node:path";
import { EXIT } from "../../../collector/base/errors.ts";
import type { Ledger } from "../../../collector/ledger/state/ledger.ts";
import { createOutput } from "../../../collector/output/create-output.ts";
import type { Output } from "../../../collector/output/output.ts";
import { linePieces } from "../../../collector/output/pieces.ts";
import { openRecording, printPieces } from "../../../collector/recording/files.ts";
import { follow, type Sink } from "../../../collector/recording/follow.ts";
import { LinePrinter } from "../../../collector/recording/line-printer.ts";
import { recorded, recordTo } from "../../../collector/recording/recorder.ts";
import type { Stream } from "../../../collector/recording/stream.ts";
import { lineFor } from "../../../collector/report/event-lines.ts";
import { reportOf } from "../../../collector/report/report.ts";
import { reportText } from "../../../collector/report/text.ts";
import { type LiveStream, traceHost } from "../../../collector/tracer/live.ts";
import { show } from "../../../tui/screen/shell.ts";
import { liveSource, type Opening } from "../../../tui/sources/live-source.ts";
import type { ForceOptions, TraceOptions, VerdictOptions } from "../options.ts";
import { exitCodeOf } from "./exit-code.ts";
import { onInterrupt } from "./interrupt.ts";
import { userTerminal } from "./user-terminal.ts";

export interface LiveOptions extends TraceOptions, VerdictOptions, ForceOptions {
  /** Lines even where there is a terminal. */
  plain: boolean;
  /** Where to write a recording as well. */
  record?: string;
}

/** Shows what happens until ^C or q (or the stream ends), then prints the report. Returns the exit code. */
export async function live(file: string | undefined, options: LiveOptions): Promise<number> {
  const terminal = options.plain ? null : userTerminal();
  const output = recordingOf(file, options);
  const source = () =>
    liveSource(file === undefined ? hostOpening(options, output) : streamOpening(file, output));
  const ledger = terminal ? await show(source(), terminal) : await lines(file, options, output);
  return ledger ? reported(ledger, options) : EXIT.interrupted;
}

/** Prints the report. Returns the exit code by verdict. */
export async function reported(ledger: Ledger, options: VerdictOptions): Promise<number> {
  const report = reportOf(ledger);
  await printPieces(linePieces(["", ...reportText(report)]));
  return exitCodeOf(report.verdict, options);
}

/** The file of --record; null without. */
function recordingOf(file: string | undefined, { record, force }: LiveOptions): Output | null {
  if (record === undefined) return null;
  return createOutput(record, { force, input: file });
}

/** The stream; also recorded where that was asked for. */
async function saved<S extends Stream>(
  stream: S,
  output: Output | null,
  failed: (why: string) => void,
): Promise<S> {
  return output ? recorded(stream, await recordTo(output, stream.header), failed) : stream;
}

async function lines(file: string | undefined, options: LiveOptions, output: Output | null): Promise<Ledger> {
  const stream = await saved(
    file === undefined ? await thisHost(options) : await openRecording(file),
    output,
    (why) => process.stderr.write(`devmem-trace: ${why}\n`),
  );
  const printer = new LinePrinter();
  const line: Sink = (event, ledger, changes) => {
    const text = lineFor(ledger, event, changes);
    return text === null ? undefined : printer.print(text);
  };
  return follow(stream, line);
}

async function thisHost(options: TraceOptions): Promise<Stream> {
  const stream = await traceHost(options.level, options.births);
  onInterrupt(stream.stop);
  process.stderr.write("Tracing. ^C ends it.\n");
  return stream;
}

/** Opens a stream; an error of its recording goes to the screen. */
function recording<S extends Stream>(open: () => Promise<S>, output: Output | null) {
  let warning = "";
  return {
    open: async () =>
      saved(await open(), output, (why) => {
        warning = why;
      }),
    warning: () => warning,
  };
}

function hostOpening(options: LiveOptions, output: Output | null): Opening<LiveStream> {
  return {
    name: "this host",
    waiting: ["Attaching the probes takes a few seconds."],
    ...recording(() => traceHost(options.level, options.births), output),
    stop(stream) {
      if (stream) process.stderr.write("Detaching the probes.\n");
      stream?.stop();
    },
    drains: true,
  };
}

function streamOpening(file: string, output: Output | null): Opening<Stream> {
  const isStdin = file === "-";
  return {
    name: isStdin ? "stdin" : basename(file),
    waiting: [
      isStdin
        ? "The stream starts when the sender has attached its probes: seconds on a host, half a minute or more in the testbed, whose guest boots first."
        : "Opening the file.",
    ],
    ...recording(() => openRecording(file), output),
    stop() {
      if (isStdin) process.stdin.destroy();
    },
    drains: false,
  };
}
