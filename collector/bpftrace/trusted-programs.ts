// trusted-programs - Which programs the tool itself runs, and with what environment: found in trusted folders, never by PATH.

import { accessSync, constants, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export type Version = readonly [major: number, minor: number];

/** Oldest version of bpftrace the probes are tested with. */
export const OLDEST: Version = [0, 23];

/** Folders that are root's on every Linux, in the order sudo's secure_path has them. */
const TRUSTED = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** All that the tool's own children get of an environment. */
export const ENVIRONMENT = { PATH: TRUSTED.join(":"), LANG: "C.UTF-8" };

/** A program to run, or a sentence about why there is none. */
export type Found = { path: string; problem?: undefined } | { path?: undefined; problem: string };

/** What --bpftrace named. */
let named: string | null = null;

/** From here on `path`, as the user gave it, is run instead of this host's bpftrace. */
export function useBpftrace(path: string): void {
  named = resolve(path);
}

/**
 * The bpftrace to run: the one --bpftrace named, whoever owns it; else the one DEVMEM_TRACE_BPFTRACE names, where nobody
 * but root can change it; else this host's.
 */
export function findBpftrace(environment: NodeJS.ProcessEnv = process.env): Found {
  if (named !== null) return isProgram(named) ? { path: named } : { problem: missing(named) };
  const { DEVMEM_TRACE_BPFTRACE: variable } = environment;
  return variable ? fromVariable(variable) : findProgram("bpftrace", TRUSTED);
}

/** The program `name` of this host's trusted `folders` that only root, or we, can change. */
export function findProgram(name: string, folders: readonly string[] = TRUSTED): Found {
  const paths = folders.map((folder) => join(folder, name)).filter(isProgram);
  const path = paths.find((candidate) => whoElse(candidate) === null);
  if (path) return { path };
  const [refused] = paths;
  if (refused) return { problem: `${name} is not run: ${whoElse(refused)}.` };
  return { problem: missing(folders.join(", "), name) };
}

function missing(where: string, name = "bpftrace"): string {
  const version = name === "bpftrace" ? `, ${OLDEST.join(".")} or newer` : "";
  return `${name} is not installed (looked for it in ${where}): apt-get install ${name}${version}.`;
}

function fromVariable(path: string): Found {
  if (!path.startsWith("/") || !isProgram(path)) return { problem: missing(path) };
  const who = whoElse(path);
  if (who === null) return { path };
  return { problem: `DEVMEM_TRACE_BPFTRACE is not used: ${who}. To run it all the same: --bpftrace ${path}` };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Who besides root and us can change what runs at `path`, as the beginning of a sentence; null when nobody can. In a sticky
 * folder, as /tmp is, nobody replaces another's file.
 */
export function whoElse(path: string): string | null {
  const file = realpathSync(path);
  const stat = statSync(file);
  if (!isOurs(stat)) return `${file} belongs to user ${stat.uid}`;
  if ((stat.mode & (stat.gid === 0 ? 0o002 : 0o022)) !== 0)
    return `${file} can be written to by others than its owner`;
  return whoElseAbove(dirname(file));
}

function whoElseAbove(folder: string): string | null {
  const stat = statSync(folder);
  if (!isOurs(stat)) return `${folder} belongs to user ${stat.uid}`;
  if ((stat.mode & 0o1002) === 0o002) return `${folder} can be written to by everyone`;
  return folder === "/" ? null : whoElseAbove(dirname(folder));
}

function isOurs({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}
