// flight-recorder-files - Writes a file around each trigger, and reports each in a sentence.

import { UserError } from "../../base/errors.ts";
import { clock, duration, plural } from "../../base/format.ts";
import type { Event, Header } from "../../events/event.ts";
import type { Changes, Ledger } from "../../ledger/state/ledger.ts";
import type { FileSeries } from "../../output/file-series.ts";
import { blockWriter } from "../format/writer.ts";
import { recorderTo } from "../recorder.ts";
import { FlightRecorder, type FlightRecorderOptions, type Stretch } from "./flight-recorder.ts";

/** A recorder that also looks at the ledger, and at what the event changed in it. */
export interface LedgerRecorder {
  take(event: Event, ledger: Ledger, changes: Changes): void | Promise<void>;
  close(): Promise<void>;
}

/**
 * A file around each trigger. If one cannot be written, that is reported, and the recorder waits for the next trigger.
 * @param report called with a sentence for each file, and at the end if there was none
 */
export function recordTriggers(
  series: FileSeries,
  options: FlightRecorderOptions,
  header: Header,
  report: (sentence: string) => void,
): LedgerRecorder {
  const recorder = new FlightRecorder(header, options);
  return {
    async take(event, ledger, changes) {
      const stretch = recorder.take(event, ledger, changes);
      if (stretch) report(await saved(series, stretch, ledger.now));
    },
    async close() {
      if (series.written === 0) report(`Nothing was recorded: no trigger (${options.on.join(", ")}).`);
    },
  };
}

/** Writes a stretch; the sentence about it. */
async function saved(series: FileSeries, stretch: Stretch, now: number): Promise<string> {
  try {
    const path = await write(series, stretch);
    const length = duration(now - Math.max(0, stretch.header.stretch.from));
    return `${reason(stretch)}: ${length} in ${path}. Next: devmem-trace report ${path}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

async function write(series: FileSeries, { header, events }: Stretch): Promise<string> {
  const { path, output } = series.next();
  const recorder = await recorderTo(output, blockWriter(header));
  for (const event of events) await recorder.take(event);
  await recorder.close();
  return path;
}

/** "leak at 23.1 s and 2 more triggers". */
function reason({ header }: Stretch): string {
  const [first, ...others] = header.stretch.triggers;
  const more = others.length > 0 ? ` and ${plural(others.length, "more trigger")}` : "";
  return `${first?.what} at ${clock(first?.at ?? 0)} s${more}`;
}
