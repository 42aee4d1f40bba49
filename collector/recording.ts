// recording - A stream as text: one JSON object per line, the header first, then the events, an `end` event last.

import { UserError } from "./errors.ts";
import { type Event, type Header, KINDS, LEVELS, type Level } from "./event.ts";
import { isField } from "./fields.ts";

/** Events as they happen, and what they belong to. Live and replay are the same; nothing behind can tell which it is. */
export interface Stream {
  header: Header;
  events: AsyncIterable<Event>;
}

/** The first line of a recording, without its line end. */
export function headerLine(header: Header): string {
  return JSON.stringify(header);
}

/** One event of a recording, without its line end. */
export function eventLine(event: Event): string {
  return JSON.stringify(event);
}

/**
 * Reads a recording. A line that cannot be read is a lost event; a recording without its `end` ends as `died`.
 * @param name what to call it in an error
 * @throws UserError when the first line is not a header of a version this program reads
 */
export async function readRecording(lines: AsyncIterable<string>, name: string): Promise<Stream> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const header = readHeader(first.done ? "" : first.value, name);
  return { header, events: readEvents(iterator) };
}

function readHeader(line: string, name: string): Header {
  if (line === "") throw new UserError(`${name} is empty: not a devmem-trace recording.`);
  const header = object(line);
  const version = header?.devmemTrace;
  if (typeof version !== "number")
    throw new UserError(`${name} is not a devmem-trace recording: its first line is no header.`);
  if (version > 1)
    throw new UserError(
      `${name} has format version ${version}; this devmem-trace reads version 1. Use a newer one.`,
    );
  if (!isHeader(header)) throw new UserError(`${name} has a damaged header: it cannot be read.`);
  return header;
}

function isHeader(value: unknown): value is Header {
  const h = value as Partial<Header>;
  const texts = [h.tool, h.bpftrace, h.wall, h.t0, h.kernel?.release, h.kernel?.variant];
  return (
    texts.every((text) => typeof text === "string") &&
    /^\d{1,19}$/.test(h.t0 as string) &&
    LEVELS.includes(h.level as Level)
  );
}

async function* readEvents(lines: AsyncIterator<string>): AsyncGenerator<Event> {
  let t = 0;
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const event: Event = readEvent(next.value) ?? {
      kind: "lost",
      t,
      count: 1,
      what: "parse",
      detail: next.value.slice(0, 200),
    };
    t = event.t;
    yield event;
    if (event.kind === "end") return;
  }
  yield {
    kind: "end",
    t,
    reason: "died",
    detail: "The recording stops in the middle: what came after is not known.",
  };
}

/** One line of a recording → its event; null when it is torn, foreign, or a field is not of its kind. */
export function readEvent(line: string): Event | null {
  const event = object(line);
  if (!event) return null;
  const kind = String(event.kind);
  if (!Object.hasOwn(KINDS, kind)) return null;
  const fields = Object.entries(KINDS[kind as Event["kind"]]);
  const whole = fields.every(([name, type]) => isField(event[name], type));
  return whole ? (event as unknown as Event) : null;
}

function object(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
