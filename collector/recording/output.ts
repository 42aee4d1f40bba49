// output - Files the tool writes: made exclusively, for their owner alone, never through a link, never over what is read.
//
// An output is created before the trace starts, so that a name that cannot be written is an error at once. Until it has
// content it leaves no trace: a file to be replaced stays, a new one is removed if the trace does not start.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  constants,
  createWriteStream,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, parse, resolve, sep } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { UserError } from "../base/errors.ts";
import { harmless } from "../base/format.ts";
import { checked } from "./memory.ts";

/** A file being written, or stdout. `write` waits while the reader or the disk is slow; it and `close` reject with UserError. */
export interface Output {
  /** Whether it is stdout, whose reader wants each line as it comes. */
  readonly isStdout: boolean;
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
  /** Closes it and removes what was written. */
  discard(): void;
}

export interface OutputOptions {
  /** Replace an existing file, or a link. */
  force: boolean;
  /** Appears under its name when it is complete, not with its first bytes. */
  whole?: boolean;
  /** The recording that is read meanwhile; `-` is stdin. */
  input?: string | undefined;
}

/** Creates a file with mode 0600; `-` is stdout. Throws UserError if that is not possible. */
export function createOutput(path: string, options: OutputOptions): Output {
  if (path === "-") return new StdoutOutput();
  const absolute = resolve(path);
  refuseInput(path, options.input);
  try {
    return new FileOutput(path, open(path, absolute, options.force), options.whole ?? false);
  } catch (error) {
    throw fileError(path, error as Error);
  }
}

/** Bytes gathered before they are written. */
const CHUNK = 65536;

/** Writes text as it is made, with nothing in it that a terminal would interpret. Throws UserError if that fails. */
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

/** Where bytes go. */
interface Place {
  fd: number;
  /** The file's name now; null where an existing pipe or device is written to. */
  made: string | null;
  /** The name it gets; the same where it has that already. */
  wanted: string;
}

function open(path: string, absolute: string, force: boolean): Place {
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

function makeTemporary(folder: string): Place {
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

/**
 * The folder exists, and nobody else leads us there: in a folder that everyone may write to, links are followed only if they
 * are ours or the folder owner's, as the kernel does with fs.protected_symlinks.
 */
function checkFolder(path: string, absolute: string): void {
  const folder = dirname(absolute);
  let at = parse(folder).root;
  for (const name of folder.slice(at.length).split(sep).filter(Boolean)) {
    const parent = statOrNull(at);
    at = join(at, name);
    const link = parent && lstatSync(at, { throwIfNoEntry: false });
    if (link?.isSymbolicLink() && isShared(parent) && ![process.geteuid?.(), parent?.uid].includes(link.uid))
      throw new UserError(`${path} cannot be written: ${at} is a link of user ${link.uid}.`);
  }
  const stat = statOrNull(folder);
  if (!stat) throw new UserError(`${path} cannot be written: the folder ${dirname(path)} does not exist.`);
  if (!stat.isDirectory())
    throw new UserError(`${path} cannot be written: ${dirname(path)} is not a folder.`);
}

function isShared(stat: Stats | null): boolean {
  return stat !== null && (stat.mode & 0o002) !== 0;
}

/** Under whatever name, a hard link or a link too. */
function refuseInput(path: string, input: string | undefined): void {
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

/** `path` already exists, and is not to be replaced. */
export function exists(path: string): UserError {
  return new UserError(`${path} already exists: choose another name or use --force.`);
}

function fileError(path: string, error: NodeJS.ErrnoException): UserError {
  if (error instanceof UserError) return error;
  if (error.code === "EEXIST") return exists(path);
  return new UserError(`${path === "-" ? "stdout" : path} cannot be written: ${error.message}.`);
}

/** Files that have no content yet, or are not whole: they do not outlive the process. */
const unfinished = new Set<FileOutput>();

function discardUnfinished(): void {
  for (const output of unfinished) output.discard();
}

/** Also where a signal ends us, as one does while probes are attached: nobody else listens to it then. */
let isWatched = false;
function watchEnd(): void {
  if (isWatched) return;
  isWatched = true;
  process.on("exit", discardUnfinished);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, function end() {
      if (process.listenerCount(signal) > 1) return;
      discardUnfinished();
      process.off(signal, end);
      process.kill(process.pid, signal);
    });
}

class FileOutput implements Output {
  readonly isStdout = false;
  readonly #path: string;
  readonly #place: Place;
  readonly #whole: boolean;
  readonly #out: Writable;
  #failure: UserError | null = null;
  #kept = false;

  /** @param path as the user gave it */
  constructor(path: string, place: Place, whole: boolean) {
    this.#path = path;
    this.#place = place;
    this.#whole = whole;
    this.#out = createWriteStream(basename(path), { fd: place.fd });
    this.#out.on("error", (error) => {
      this.#failure ??= fileError(path, error);
    });
    unfinished.add(this);
    watchEnd();
  }

  async write(bytes: Buffer): Promise<void> {
    if (!this.#whole) this.#keep();
    if (this.#failure) throw this.#failure;
    // An error is kept in #failure.
    if (!this.#out.write(bytes)) await once(this.#out, "drain").catch(() => {});
  }

  async close(): Promise<void> {
    await finished(this.#out.end()).catch(() => {});
    if (this.#failure && this.#whole) this.discard();
    else this.#keep();
    if (this.#failure) throw this.#failure;
  }

  discard(): void {
    unfinished.delete(this);
    this.#out.destroy();
    if (this.#place.made !== null)
      rmSync(this.#kept ? this.#place.wanted : this.#place.made, { force: true });
  }

  /** Gives the file its name: from here on it stays. */
  #keep(): void {
    if (this.#kept || this.#failure) return;
    this.#kept = true;
    unfinished.delete(this);
    const { made, wanted } = this.#place;
    if (made === null || made === wanted) return;
    try {
      renameSync(made, wanted);
    } catch (error) {
      this.#failure = fileError(this.#path, error as Error);
      rmSync(made, { force: true });
    }
  }
}

class StdoutOutput implements Output {
  readonly isStdout = true;
  #failure: UserError | null = null;

  constructor() {
    process.stdout.on("error", (error) => {
      this.#failure ??= fileError("-", error);
    });
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!process.stdout.write(bytes)) await once(process.stdout, "drain").catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#failure) throw this.#failure;
  }

  discard(): void {}
}
