// header - The first line of a recording: what was traced, and which format version and columns the rest has.

import { UserError } from "../../base/errors.ts";
import { type Header, LEVELS, type Level, VARIANTS, type Variant } from "../../events/event.ts";
import { LONGEST_NS } from "../../events/fields.ts";
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
  const wrong = header ? wrongField(header) : "";
  if (!header || wrong)
    throw new UserError(`${name} has a damaged header and cannot be read: its "${wrong}" is not valid.`);
  return headerOf(header);
}

function requireReadable(version: unknown, name: string): void {
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new UserError(`${name} is not a devmem-trace recording: its first line is not a header.`);
  if ((version as number) > FORMAT)
    throw new UserError(
      `${name} has format version ${version}; this devmem-trace reads versions 1 to ${FORMAT}. Use a newer devmem-trace.`,
    );
}

/** What each field holds, if it is there; the first ones always are. */
const NEEDED: Record<string, (value: unknown) => boolean> = {
  tool: isText,
  bpftrace: isText,
  level: (value) => LEVELS.includes(value as Level),
  t0: isClock,
  wall: isDate,
  kernel: (value) => isObject(value) && isText(value.release) && VARIANTS.includes(value.variant as Variant),
};
const OPTIONAL: Record<string, (value: unknown) => boolean> = {
  absent: areNames,
  boottime: isClock,
  bootId: isText,
  host: isText,
  command: (value) => Array.isArray(value) && value.every((word) => typeof word === "string"),
  stretch: isStretch,
  fields: areFieldNames,
};

/** Most characters of a text: whatever is named, its name is shorter. */
const MOST_CHARACTERS = 4096;
/** Most kinds of event, and fields of one: twenty times ours. */
const MOST_NAMES = 1024;

/** The first field that does not hold what it should; empty: none. */
function wrongField(header: Record<string, unknown>): string {
  const needed = Object.keys(NEEDED).find((name) => !NEEDED[name]?.(header[name]));
  const given = Object.keys(OPTIONAL).filter((name) => header[name] !== undefined);
  return needed ?? given.find((name) => !OPTIONAL[name]?.(header[name])) ?? "";
}

/** Nothing but the known fields. */
function headerOf(value: Record<string, unknown>): Header {
  const names = new Set(["devmemTrace", ...Object.keys(NEEDED), ...Object.keys(OPTIONAL)]);
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name))) as unknown as Header;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_CHARACTERS;
}

function isMatch(value: unknown, form: RegExp): boolean {
  return typeof value === "string" && form.test(value);
}

/** What a clock that began at boot can read: ns in decimal. */
function isClock(value: unknown): boolean {
  return isMatch(value, /^\d{1,19}$/) && Number(value) <= LONGEST_NS;
}

/** As toISOString writes it, by 2199. */
function isDate(value: unknown): boolean {
  return (
    isMatch(value, /^(19[7-9]\d|2[01]\d\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/) &&
    !Number.isNaN(Date.parse(value as string))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStretch(value: unknown): boolean {
  return (
    isObject(value) &&
    Number.isFinite(value.from) &&
    Array.isArray(value.triggers) &&
    value.triggers.every(isTrigger)
  );
}

function isTrigger(value: unknown): boolean {
  return isObject(value) && isText(value.what) && Number.isFinite(value.at);
}

function areFieldNames(fields: unknown): fields is FieldNames {
  return (
    isObject(fields) && Object.keys(fields).length <= MOST_NAMES && Object.values(fields).every(areNames)
  );
}

function areNames(names: unknown): boolean {
  return Array.isArray(names) && names.length <= MOST_NAMES && names.every(isText);
}
