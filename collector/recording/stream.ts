// stream - A recording's lines → its header and events: an event as an object, or many as a block (recording/columns.ts).

import { UserError } from "../base/errors.ts";
import { type Event, type Header, LEVELS, type Level } from "../events/event.ts";
import { type FieldType, isField } from "../events/fields.ts";
import { FIELDS } from "../events/kinds.ts";
import { eventsOf, type FieldNames, isBlock, lost } from "./columns.ts";
import type { Line } from "./lines.ts";
import { Unpacker } from "./unpacker.ts";

/** Events as they happen, and what they belong to. Live and replay are the same; nothing behind can tell which it is. */
export interface Stream {
  header: Header;
  events: AsyncIterable<Event>;
  /** The same events, many at a time: what is recorded comes faster so. Read these or `events`, once. */
  batches?: AsyncIterable<Event[]> | undefined;
}

/** The newest format version, which is what is written. Version 1 has objects only, and a shorter header. */
export const FORMAT = 2;

/** The first line of a recording, without its line end. */
export function headerLine(header: Header): string {
  return JSON.stringify(header);
}

/** One event as a line by itself, without its line end. */
export function eventLine(event: Event): string {
  return JSON.stringify(event);
}

/** A stream's events, as many at a time as there are. */
export async function* batchesOf({ events, batches }: Stream): AsyncGenerator<Event[]> {
  if (batches) yield* batches;
  else for await (const event of events) yield [event];
}

/**
 * Reads a recording. A line that cannot be read is a lost event; a recording without its `end` ends as `died`.
 * @param lines as they come: one by one, or a few at a time
 * @param name what to call it in an error
 * @throws UserError when the first line is not a header of a version this program reads
 */
export async function readRecording(lines: AsyncIterable<Line | Line[]>, name: string): Promise<Stream> {
  const iterator = several(lines);
  const first = await firstLine(iterator);
  const header = readHeader(first.line, name);
  const batches = readBatches(header, first.rest, iterator);
  return { header, events: singly(batches), batches };
}

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

/** Reads the first line. Throws UserError when it is no header of a version this program reads. */
export function readHeader(line: Line, name: string): Header {
  if (line === "") throw new UserError(`${name} is empty: not a devmem-trace recording.`);
  const header = typeof line === "string" ? object(line) : null;
  const version = header?.devmemTrace;
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new UserError(`${name} is not a devmem-trace recording: its first line is no header.`);
  if ((version as number) > FORMAT)
    throw new UserError(
      `${name} has format version ${version}; this devmem-trace reads versions 1 to ${FORMAT}. Use a newer one.`,
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
    LEVELS.includes(h.level as Level) &&
    areFieldNames(h.fields ?? {})
  );
}

function areFieldNames(fields: unknown): fields is FieldNames {
  return (
    typeof fields === "object" &&
    fields !== null &&
    Object.values(fields).every((names) => Array.isArray(names) && names.every((n) => typeof n === "string"))
  );
}

async function* readBatches(
  header: Header,
  rest: Line[],
  lines: AsyncIterator<Line[]>,
): AsyncGenerator<Event[]> {
  const reading = new Reading(header);
  for (let next = rest; ; ) {
    const events = next.flatMap((line) => reading.take(line));
    if (events.length > 0) yield events;
    if (reading.ended) return;
    const more = await lines.next();
    if (more.done) break;
    next = more.value;
  }
  yield reading.cut();
}

/** What a reader that goes on from somewhere must know of what came before. */
export interface Mark {
  /** Events read or known to be missing. */
  taken: number;
  /** Time of the last event. */
  t: number;
  /** Why something could not be read, until it is known how much; else empty. */
  damage: string;
}

/** Lines → events, one after the other, from a header or from a fresh block on. */
export class Reading {
  /** Whether the `end` event has come: nothing after it belongs to the recording. */
  ended = false;
  readonly #unpacker: Unpacker;
  /** Then the next block tells how many events a line had that cannot be read. */
  readonly #hasBlocks: boolean;
  #taken: number;
  #t: number;
  #damage: string;

  constructor({ fields }: Pick<Header, "fields">, from: Mark = { taken: 0, t: 0, damage: "" }) {
    this.#unpacker = new Unpacker(fields ?? {});
    this.#hasBlocks = fields !== undefined;
    this.#taken = from.taken;
    this.#t = from.t;
    this.#damage = from.damage;
  }

  /** Where reading stands: from a fresh block, or a line that is an event, it can go on from here. */
  mark(): Mark {
    return { taken: this.#taken, t: this.#t, damage: this.#damage };
  }

  /** The events of one line: what cannot be read is one `lost` event. */
  take(line: Line): Event[] {
    if (this.ended) return [];
    const events = this.#read(line);
    const last = events.at(-1);
    if (last) this.#t = last.t;
    this.ended = last?.kind === "end";
    return events;
  }

  /** How a recording without its `end` ends. */
  cut(): Event[] {
    const detail = "The recording stops in the middle: what came after is not known.";
    return [...this.#damaged(this.#damage ? 1 : 0), { kind: "end", t: this.#t, reason: "died", detail }];
  }

  #read(line: Line): Event[] {
    if (typeof line !== "string") return this.#unread(line.unreadable);
    const value = object(line);
    if (value && isBlock(value)) return this.#block(value);
    const event = value && eventOf(value);
    if (!event && this.#hasBlocks) return this.#unread(line.slice(0, 200));
    this.#taken += 1;
    return [...this.#damaged(this.#damage ? 1 : 0), event ?? lost(this.#t, 1, line.slice(0, 200))];
  }

  #block(block: Parameters<Unpacker["unpack"]>[0]): Event[] {
    const end = block.first + eventsOf(block);
    const events = block.first < this.#taken ? null : this.#unpacker.unpack(block);
    if (!events) return this.#unread("a block that cannot be read");
    const before = this.#damaged(block.first - this.#taken);
    this.#taken = end;
    return before.concat(events);
  }

  #unread(why: string): Event[] {
    this.#unpacker.interrupt();
    this.#damage ||= why;
    return [];
  }

  /** `missing` events: a block says how many exactly, and whatever was damaged before it held those. */
  #damaged(missing: number): Event[] {
    const why = this.#damage || "events are missing here";
    this.#damage = "";
    return missing > 0 ? [lost(this.#t, missing, why)] : [];
  }
}

const FIELDS_OF = new Map(Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.entries(fields)]));

/** One line of a recording → its event; null when it is torn, foreign, or a field is not of its kind. */
export function readEvent(line: string): Event | null {
  const value = object(line);
  return value && eventOf(value);
}

function eventOf(value: Record<string, unknown>): Event | null {
  const fields = FIELDS_OF.get(value.kind as string);
  const whole = fields?.every(([name, type]: [string, FieldType]) => isField(value[name], type));
  return whole ? (value as unknown as Event) : null;
}

function object(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
