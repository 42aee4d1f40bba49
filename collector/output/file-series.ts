// file-series - The files of one trace, NAME.1.EXT, NAME.2.EXT, …: only the newest ones stay.

import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import { createOutput, requireWritableFolder } from "./create-output.ts";
import { exists } from "./file-errors.ts";
import type { Output } from "./output.ts";

/** Where the files go and how many of them stay; `keep` may be infinite. */
export interface SeriesOptions {
  path: string;
  force: boolean;
  keep: number;
}

/** A file of the series. */
export interface SeriesFile {
  path: string;
  output: Output;
}

/** More files that others made in our way than that are no accident. */
const SKIPPED = 1000;

/** Creates one file after the other. */
export class FileSeries {
  readonly #options: SeriesOptions;
  /** The newest ones, at most `keep`. */
  readonly #files: string[] = [];
  #number = 0;
  #prepared: SeriesFile | null = null;
  #written = 0;

  /** Throws UserError if there is a file already and `force` is not given, or if none can be made there. */
  constructor(options: SeriesOptions) {
    this.#options = options;
    requireWritableFolder(options.path);
    const [first] = options.force ? [] : filesOf(options.path);
    if (first !== undefined) throw exists(first);
  }

  /** How many files were created. */
  get written(): number {
    return this.#written;
  }

  /** Creates the first file before it is needed. */
  prepare(): this {
    this.#prepared = this.#create();
    return this;
  }

  /** Creates the next file, and removes the oldest one of this trace that is too many. */
  next(): SeriesFile {
    const file = this.#prepared ?? this.#create();
    this.#prepared = null;
    this.#written += 1;
    this.#files.push(file.path);
    const [oldest] = this.#files;
    if (oldest !== undefined && this.#files.length > this.#options.keep) {
      this.#files.shift();
      rmSync(oldest, { force: true });
    }
    return file;
  }

  /** A number that somebody took since the start is left out: it must not end a trace. */
  #create(): SeriesFile {
    for (let skipped = 0; ; skipped++) {
      this.#number += 1;
      const path = this.#name(this.#number);
      try {
        return { path, output: createOutput(path, { force: this.#options.force }) };
      } catch (error) {
        if (!isTaken(path) || skipped === SKIPPED) throw error;
      }
    }
  }

  #name(number: number): string {
    const { dir, name, ext } = parse(this.#options.path);
    return join(dir, `${name}.${number}${ext}`);
  }
}

/** The files of an earlier series of this name. */
function filesOf(path: string): string[] {
  const { dir, name, ext } = parse(path);
  const isNumbered = (file: string) =>
    file.startsWith(name) &&
    file.endsWith(ext) &&
    /^\.\d+$/.test(file.slice(name.length, file.length - ext.length));
  return readdirSync(dir || ".")
    .filter(isNumbered)
    .map((file) => join(dir, file));
}

function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
