// recordings - The real captures kept beside the tests, and streams made of lines.

import { readFileSync } from "node:fs";
import { readRecording, type Stream } from "../recording.ts";

/** Where the captures lie. */
export const RECORDINGS = new URL("../testdata/recordings/", import.meta.url);

/** A capture by name, `leak-v1`, as a stream; each line may be changed on its way. */
export async function capture(name: string, change = (line: string) => line): Promise<Stream> {
  const text = readFileSync(new URL(`${name}.jsonl`, RECORDINGS), "utf8");
  return readRecording(each(text.trimEnd().split("\n").map(change)), name);
}

async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

/** A capture in which every comm and interface name is `text`. */
export function named(name: string, text: string): Promise<Stream> {
  return capture(name, (line) => {
    const event = JSON.parse(line);
    for (const field of ["comm", "ifname"]) if (field in event) event[field] = text;
    return JSON.stringify(event);
  });
}
