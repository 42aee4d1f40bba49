// live - The verb `live`: this host, or a stream, as lines; the report at the end.

import { openRecording, print } from "../files.ts";
import { follow, type Sink } from "../follow.ts";
import { traceHost } from "../live.ts";
import { plainLine } from "../plain.ts";
import type { Stream } from "../recording.ts";
import { reportOf } from "../report.ts";
import { reportText } from "../text.ts";
import { exitCodeOf, onInterrupt, type TraceOptions } from "./common.ts";

/** Traces until ^C (or the stream ends), prints each change and then the report. Returns the exit code. */
export async function live(file: string | undefined, options: TraceOptions): Promise<number> {
  const stream = file === undefined ? await thisHost(options) : await openRecording(file);
  const lines: Sink = (event, ledger) => {
    const line = plainLine(ledger, event);
    if (line !== null) print(line);
  };
  const report = reportOf(await follow(stream, lines));
  print("", ...reportText(report));
  return exitCodeOf(report.verdict, options);
}

async function thisHost(options: TraceOptions): Promise<Stream> {
  const stream = await traceHost(options.level);
  onInterrupt(stream.stop);
  process.stderr.write("Tracing. ^C ends it.\n");
  return stream;
}
