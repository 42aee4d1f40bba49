// header - The first line of a recording: what was traced, and which format version and columns the rest has.

import { UserError } from "../../base/errors.ts";
import { type Header, LEVELS, type Level } from "../../events/event.ts";
import type { FieldNames } from "./columns.ts";
import { objectIn } from "./json.ts";
import type { Line } from "./line-group.ts";

/** The newest format version, which is the one written. Version 1 has no blocks, and a shorter header. */
export const FORMAT = 2;

/** The first line of a recording, without its line end. */
export function headerLine(header: Header): string {
  return JSON.stringify(header);
}

/**
 * Reads the first line.
 * @param name the recording's name for error messages
 * @throws UserError if it is not the header of a version that this program reads
 */
export function readHeader(line: Line, name: string): Header {
  if (line === "") throw new UserError(`${name} is empty: it is not a devmem-trace recording.`);
  const header = typeof line === "string" ? objectIn(line) : null;
  requireReadable(header?.devmemTrace, name);
  if (!isHeader(header)) throw new UserError(`${name} has a damaged header and cannot be read.`);
  return header;
}

function requireReadable(version: unknown, name: string): void {
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new UserError(`${name} is not a devmem-trace recording: its first line is not a header.`);
  if ((version as number) > FORMAT)
    throw new UserError(
      `${name} has format version ${version}; this devmem-trace reads versions 1 to ${FORMAT}. Use a newer devmem-trace.`,
    );
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
