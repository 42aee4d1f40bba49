// live - The verb `live`: this host, or a stream, on a terminal as a screen, else as lines; the report at the end.

import { basename } from "node:path";
import { following, type Opening } from "../../tui/following.ts";
import { show } from "../../tui/run.ts";
import { userTerminal } from "../../tui/tty.ts";
import { EXIT } from "../errors.ts";
import { openRecording, print } from "../files.ts";
import { follow, type Sink } from "../follow.ts";
import type { Ledger } from "../ledger.ts";
import { type LiveStream, traceHost } from "../live.ts";
import { plainLine } from "../plain.ts";
import type { Stream } from "../recording.ts";
import { reportOf } from "../report.ts";
import { reportText } from "../text.ts";
import { exitCodeOf, onInterrupt, type TraceOptions } from "./common.ts";

export interface LiveOptions extends TraceOptions {
  /** Lines even where there is a terminal. */
  plain?: boolean;
}

/** Shows what happens until ^C or q (or the stream ends), then prints the report. Returns the exit code. */
export async function live(file: string | undefined, options: LiveOptions): Promise<number> {
  const terminal = options.plain ? null : userTerminal();
  const source = file === undefined ? following(hostOpening(options)) : following(streamOpening(file));
  const ledger = terminal ? await show(source, terminal) : await lines(file, options);
  return ledger ? reported(ledger, options) : EXIT.interrupted;
}

/** Prints the report of what was seen. Returns the exit code by verdict. */
export function reported(ledger: Ledger, options: Pick<TraceOptions, "errorExitcode">): number {
  const report = reportOf(ledger);
  print("", ...reportText(report));
  return exitCodeOf(report.verdict, options);
}

async function lines(file: string | undefined, options: TraceOptions): Promise<Ledger> {
  const stream = file === undefined ? await thisHost(options) : await openRecording(file);
  const line: Sink = (event, ledger) => {
    const said = plainLine(ledger, event);
    if (said !== null) print(said);
  };
  return follow(stream, line);
}

async function thisHost(options: TraceOptions): Promise<Stream> {
  const stream = await traceHost(options.level);
  onInterrupt(stream.stop);
  process.stderr.write("Tracing. ^C ends it.\n");
  return stream;
}

function hostOpening({ level }: TraceOptions): Opening<LiveStream> {
  return {
    name: "this host",
    waiting: ["The probes are being attached, which takes a few seconds."],
    open: () => traceHost(level),
    stop(stream) {
      if (stream) process.stderr.write("Detaching the probes.\n");
      stream?.stop();
    },
    drains: true,
  };
}

function streamOpening(file: string): Opening<Stream> {
  const isStdin = file === "-";
  return {
    name: isStdin ? "stdin" : basename(file),
    waiting: [
      isStdin
        ? "The stream's first line comes when the sender has attached its probes. A host takes seconds, the testbed's guest boots first and takes half a minute or more."
        : "The file is being opened.",
    ],
    open: () => openRecording(file),
    stop() {
      if (isStdin) process.stdin.destroy();
    },
    drains: false,
  };
}
