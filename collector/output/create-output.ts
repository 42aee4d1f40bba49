// create-output - Files the tool writes: created exclusively, for their owner alone, never through a link, never over what is read.
//
// An output is created before the trace starts, so that a name that cannot be written is an error at once. Until it has
// content it leaves no trace: a file to be replaced stays, a new one is removed if the trace does not start.

import { dirname, resolve } from "node:path";
import { fileError } from "./file-errors.ts";
import { FileOutput } from "./file-output.ts";
import type { Output, OutputOptions } from "./output.ts";
import { checkFolder, refuseInput } from "./path-checks.ts";
import { makeTemporary, openPlace } from "./place.ts";
import { StdoutOutput } from "./stdout-output.ts";

/** Creates a file with mode 0600; `-` is stdout. Throws UserError if that is not possible. */
export function createOutput(path: string, options: OutputOptions): Output {
  if (path === "-") return new StdoutOutput();
  const absolute = resolve(path);
  refuseInput(path, options.input);
  try {
    return new FileOutput(path, openPlace(path, absolute, options.force), options.whole ?? false);
  } catch (error) {
    throw fileError(path, error as Error);
  }
}

/** Throws UserError unless files can be made beside `path`. */
export function requireWritableFolder(path: string): void {
  try {
    checkFolder(path, resolve(path));
    const place = makeTemporary(dirname(resolve(path)));
    new FileOutput(path, place, true).discard();
  } catch (error) {
    throw fileError(path, error as Error);
  }
}
