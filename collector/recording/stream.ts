// stream - Events as they happen or as they were recorded: everything behind a stream works on both alike.

import type { Event, Header } from "../events/event.ts";
import { checkMemory } from "../output/memory.ts";
import { EventReader } from "./format/event-reader.ts";
import { readHeader } from "./format/header.ts";
import type { Line } from "./format/line-group.ts";

/** The events of one trace. Nothing that reads it can know whether it is live or replayed. */
export interface Stream {
  header: Header;
  events: AsyncIterable<Event>;
  /** The same events, many at a time, which is faster for a recording. Read either these or `events`, once. */
  batches?: AsyncIterable<Event[]> | undefined;
}

/** A stream's events, as many at a time as there are. */
export async function* batchesOf({ events, batches }: Stream): AsyncGenerator<Event[]> {
  if (batches) yield* batches;
  else for await (const event of events) yield [event];
}

/**
 * Reads a recording. A line that cannot be read is a `lost` event; a recording without an `end` event ends as `died`.
 * @param lines as they come: one by one, or a few at a time
 * @param name the recording's name for error messages
 * @throws UserError if the first line is not the header of a version that this program reads
 */
export async function readRecording(lines: AsyncIterable<Line | Line[]>, name: string): Promise<Stream> {
  const iterator = several(lines);
  const first = await firstLine(iterator);
  const header = readHeader(first.line, name);
  const batches = readBatches(header, first.rest, iterator);
  return { header, events: singly(batches), batches };
}

/** A batch has no more events than these and those of one line. */
const BATCH_EVENTS = 4096;

async function* several(lines: AsyncIterable<Line | Line[]>): AsyncGenerator<Line[]> {
  for await (const line of lines) yield Array.isArray(line) ? line : [line];
}

async function* singly(batches: AsyncIterable<Event[]>): AsyncGenerator<Event> {
  for await (const batch of batches) yield* batch;
}

async function firstLine(lines: AsyncIterator<Line[]>): Promise<{ line: Line; rest: Line[] }> {
  for (;;) {
    const next = await lines.next();
    if (next.done) return { line: "", rest: [] };
    const [line, ...rest] = next.value;
    if (line !== undefined) return { line, rest };
  }
}

async function* readBatches(
  header: Header,
  rest: Line[],
  lines: AsyncIterator<Line[]>,
): AsyncGenerator<Event[]> {
  const reader = new EventReader(header);
  for (let next = rest; ; ) {
    yield* inBatches(reader, next);
    if (reader.ended) return;
    const more = await lines.next();
    if (more.done) break;
    next = more.value;
  }
  yield reader.cut();
}

/** Few lines can be millions of events: they are read as the batches are taken. */
function* inBatches(reader: EventReader, lines: Line[]): Generator<Event[]> {
  let batch: Event[] = [];
  for (const line of lines) {
    for (const event of reader.take(line)) batch.push(event);
    if (batch.length < BATCH_EVENTS) continue;
    yield batch;
    batch = [];
    checkMemory();
  }
  if (batch.length > 0) yield batch;
  checkMemory();
}
