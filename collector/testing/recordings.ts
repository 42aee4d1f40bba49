// recordings - The captures in testdata/recordings, streams from lines or bytes, and recordings from events.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Event, Header } from "../events/event.ts";
import { linesOf } from "../recording/format/lines.ts";
import { blockWriter, type Sizes, textWriter, type Writer } from "../recording/format/writer.ts";
import { readRecording, type Stream } from "../recording/stream.ts";

/** The folder of the captures. */
export const RECORDINGS = new URL("../testdata/recordings/", import.meta.url);

/** The file of every capture, of all format versions. */
export const FILES = readdirSync(RECORDINGS).map((name) => fileURLToPath(new URL(name, RECORDINGS)));

/** The bytes of a recording as a stream, `piece` of them at a time. */
export function streamOf(bytes: Buffer, piece = bytes.length): Promise<Stream> {
  return readRecording(linesOf(inPieces(bytes, piece), "x"), "x");
}

async function* inPieces(bytes: Buffer, piece: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

/** Header and events of a recording's bytes. */
export async function read(bytes: Buffer, piece?: number): Promise<{ header: Header; events: Event[] }> {
  const { header, events } = await streamOf(bytes, piece);
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return { header, events: all };
}

/** The bytes of a compressed recording of these events. */
export function packed(header: Header, events: readonly Event[], sizes?: Sizes): Buffer {
  return written(blockWriter(header, sizes), events);
}

/** The bytes of a recording of these events as text, a line each. */
export function asText(header: Header, events: readonly Event[]): Buffer {
  return written(textWriter(header), events);
}

function written(writer: Writer, events: readonly Event[]): Buffer {
  const parts = [writer.start(), ...events.map((event) => writer.take(event)), writer.end()];
  return Buffer.concat(parts.filter((part) => part !== null));
}

/** A capture by its name, for example `leak-v1`, as a stream, with each line changed by `change`. */
export async function capture(name: string, change = (line: string) => line): Promise<Stream> {
  const text = readFileSync(new URL(`${name}.jsonl`, RECORDINGS), "utf8");
  return readRecording(each(text.trimEnd().split("\n").map(change)), name);
}

/** The items one by one, as from a file or a live trace. */
export async function* each<T>(all: Iterable<T>): AsyncGenerator<T> {
  yield* all;
}

/** A capture in which every comm and interface name is `text`. */
export function named(name: string, text: string): Promise<Stream> {
  return capture(name, (line) => {
    const event = JSON.parse(line);
    for (const field of ["comm", "ifname"]) if (field in event) event[field] = text;
    return JSON.stringify(event);
  });
}
