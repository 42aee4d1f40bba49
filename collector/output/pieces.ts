// pieces - Text that may be long is written as it is made, with nothing in it that a terminal would interpret.

import { harmless } from "../base/format.ts";
import { checked } from "./memory.ts";
import type { Output } from "./output.ts";

/** Characters gathered before they are written. */
const CHUNK = 65536;

/** Writes text as it is made. Throws UserError if that fails. */
export async function writePieces(output: Output, pieces: Iterable<string>): Promise<void> {
  let waiting = "";
  for (const piece of checked(pieces, 1000)) {
    waiting += harmless(piece);
    if (waiting.length < CHUNK) continue;
    await output.write(Buffer.from(waiting));
    waiting = "";
  }
  await output.write(Buffer.from(waiting));
  await output.close();
}

/** Lines as pieces. */
export function* linePieces(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
