// recorder - Takes a trace down while others look at it; when that fails they go on.

import { UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import { createOutput, type Output } from "./files.ts";
import type { Stream } from "./stream.ts";
import { blockWriter, textWriter, type Writer } from "./writer.ts";

/** Takes events down, one after the other. `take` and `close` reject with UserError when they cannot be written. */
export interface Recorder {
  take(event: Event): void | Promise<void>;
  close(): Promise<void>;
}

/** A recording of everything: compressed, or on stdout (`-`) a line per event. Throws UserError when it cannot be made. */
export async function recordTo(path: string, force: boolean, header: Header): Promise<Recorder> {
  const writer = path === "-" ? textWriter(header) : blockWriter(header);
  const output = createOutput(path, force);
  await output.write(writer.start());
  return recorderOf(writer, output);
}

function recorderOf(writer: Writer, output: Output): Recorder {
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

/**
 * The same stream, taken down as it goes by. When that fails `failed` is told why, once, and the stream goes on.
 */
export function recorded<S extends Stream>(stream: S, recorder: Recorder, failed: (why: string) => void): S {
  return { ...stream, events: tee(stream.events, recorder, failed), batches: undefined };
}

async function* tee(
  events: AsyncIterable<Event>,
  recorder: Recorder,
  failed: (why: string) => void,
): AsyncGenerator<Event> {
  let works = true;
  const attempt = async (step: () => void | Promise<void>) => {
    try {
      if (works) await step();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      works = false;
      failed(`${error.message} The recording ends there; what was written can be read.`);
    }
  };
  try {
    for await (const event of events) {
      await attempt(() => recorder.take(event));
      yield event;
    }
  } finally {
    await attempt(() => recorder.close());
  }
}
