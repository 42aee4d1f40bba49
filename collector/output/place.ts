// place - Opens the file that is written to: a new one, one that will replace another, or a pipe or device that is there.

import { randomBytes } from "node:crypto";
import { constants, fstatSync, lstatSync, openSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../base/errors.ts";
import { exists } from "./file-errors.ts";
import { checkFolder } from "./path-checks.ts";

/** Where bytes go. */
export interface Place {
  fd: number;
  /** The file's name now; null where an existing pipe or device is written to. */
  made: string | null;
  /** The name it gets; the same where it has that already. */
  wanted: string;
}

/** Throws UserError, or an error of Node, where it cannot be written. */
export function openPlace(path: string, absolute: string, force: boolean): Place {
  checkFolder(path, absolute);
  const found = lstatSync(absolute, { throwIfNoEntry: false });
  if (!found) return { fd: exclusive(absolute), made: absolute, wanted: absolute };
  if (isPassage(found)) return { fd: openPassage(absolute), made: null, wanted: absolute };
  if (found.isDirectory()) throw new UserError(`${path} cannot be written: it is a folder.`);
  if (!found.isFile() && !found.isSymbolicLink())
    throw new UserError(`${path} cannot be written: it is neither a file nor a pipe or device of yours.`);
  if (!force) throw exists(path);
  return { ...makeTemporary(dirname(absolute)), wanted: absolute };
}

/** O_EXCL: whatever is there, a link too, is an error. */
function exclusive(path: string): number {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/** A file of a name that nobody can guess, to be renamed. */
export function makeTemporary(folder: string): Place {
  const name = join(folder, `.devmem-trace-${randomBytes(8).toString("hex")}`);
  return { fd: exclusive(name), made: name, wanted: name };
}

/** Written to as it is, as nothing in it is lost: a pipe or a character device, if it is not another user's. */
function isPassage(stat: Stats): boolean {
  const ours = stat.uid === 0 || stat.uid === process.geteuid?.();
  return ours && (stat.isFIFO() || stat.isCharacterDevice());
}

function openPassage(path: string): number {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  if (isPassage(fstatSync(fd))) return fd;
  throw new UserError(`${path} cannot be written: it was replaced just now.`);
}
