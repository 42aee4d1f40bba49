// recorder - Writes a trace to a file while it is watched; if that fails, watching goes on.

import { UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import type { Output } from "../output/output.ts";
import { blockWriter, textWriter, type Writer } from "./format/writer.ts";
import type { Stream } from "./stream.ts";

/** Writes events, one after the other. `take` and `close` reject with UserError if that fails. */
export interface Recorder {
  take(event: Event): void | Promise<void>;
  close(): Promise<void>;
}

/** A recording of everything: compressed, or on stdout a line per event. Throws UserError if it cannot be written. */
export async function recordTo(output: Output, header: Header): Promise<Recorder> {
  return recorderTo(output, output.isStdout ? textWriter(header) : blockWriter(header));
}

/** Starts a recording: the header is written at once. Throws UserError if that fails. */
export async function recorderTo(output: Output, writer: Writer): Promise<Recorder> {
  await output.write(writer.start());
  return {
    take(event) {
      const bytes = writer.take(event);
      if (bytes) return output.write(bytes);
    },
    async close() {
      const bytes = writer.end();
      if (bytes) await output.write(bytes);
      await output.close();
    },
  };
}

/** The same stream, recorded as it is read. If that fails, `failed` is called once with the reason and the stream goes on. */
export function recorded<S extends Stream>(stream: S, recorder: Recorder, failed: (why: string) => void): S {
  return { ...stream, events: tee(stream.events, recorder, failed), batches: undefined };
}

async function* tee(
  events: AsyncIterable<Event>,
  recorder: Recorder,
  failed: (why: string) => void,
): AsyncGenerator<Event> {
  const attempt = untilItFails(failed);
  try {
    for await (const event of events) {
      await attempt(() => recorder.take(event));
      yield event;
    }
  } finally {
    await attempt(() => recorder.close());
  }
}

/** Runs steps up to the first that fails with a UserError, which it reports. */
function untilItFails(failed: (why: string) => void) {
  let works = true;
  return async (step: () => void | Promise<void>) => {
    try {
      if (works) await step();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      works = false;
      failed(`${error.message} The recording ends here; what was written so far can be read.`);
    }
  };
}
