// file-errors - Why a file cannot be written, as a sentence.

import { UserError } from "../base/errors.ts";

/** `path` already exists, and is not to be replaced. */
export function exists(path: string): UserError {
  return new UserError(`${path} already exists: choose another name or use --force.`);
}

/** What went wrong with `path` (`-`: stdout). */
export function fileError(path: string, error: NodeJS.ErrnoException): UserError {
  if (error instanceof UserError) return error;
  if (error.code === "EEXIST") return exists(path);
  return new UserError(`${path === "-" ? "stdout" : path} cannot be written: ${error.message}.`);
}
