// path-checks - Whether a file may be written where its name says.

import { fstatSync, lstatSync, type Stats, statSync } from "node:fs";
import { dirname, join, parse, sep } from "node:path";
import { UserError } from "../base/errors.ts";

/** Throws UserError unless the folder exists and nobody else leads us there. @param path as the user gave it */
export function checkFolder(path: string, absolute: string): void {
  const folder = dirname(absolute);
  let at = parse(folder).root;
  for (const name of folder.slice(at.length).split(sep).filter(Boolean)) {
    const parent = statOrNull(at);
    at = join(at, name);
    const link = parent && lstatSync(at, { throwIfNoEntry: false });
    if (parent && link?.isSymbolicLink() && !isTrusted(link, parent))
      throw new UserError(`${path} cannot be written: ${at} is a link of user ${link.uid}.`);
  }
  requireFolder(path, statOrNull(folder));
}

/**
 * Root follows links of its own, and of the user that sudo was run by. Others follow those in folders that not everyone may
 * write to, and there their own and the folder owner's, as the kernel does with fs.protected_symlinks.
 */
function isTrusted(link: Stats, parent: Stats): boolean {
  const us = process.geteuid?.();
  if (us === 0) return link.uid === 0 || String(link.uid) === process.env.SUDO_UID;
  return (parent.mode & 0o002) === 0 || link.uid === us || link.uid === parent.uid;
}

function requireFolder(path: string, stat: Stats | null): void {
  if (!stat) throw new UserError(`${path} cannot be written: the folder ${dirname(path)} does not exist.`);
  if (!stat.isDirectory())
    throw new UserError(`${path} cannot be written: ${dirname(path)} is not a folder.`);
}

/** Throws UserError where the output is the recording that is read, under whatever name: a hard link or a link too. */
export function refuseInput(path: string, input: string | undefined): void {
  const source = input === undefined ? null : input === "-" ? fstatSync(0) : statOrNull(input);
  const target = statOrNull(path);
  if (source?.isFile() && target?.dev === source.dev && target.ino === source.ino)
    throw new UserError(`${path} is the recording that is read: choose another name.`);
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
