// file-series - The files of one trace, NAME.1.EXT, NAME.2.EXT, …: only the newest ones stay.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import { createOutput, type Output, refuseExisting } from "./files.ts";

/** Where the files go and how many of them stay; `keep` may be infinite. */
export interface SeriesOptions {
  path: string;
  force: boolean;
  keep: number;
}

/** Creates one file after the other. Throws UserError if there is one already and `force` is not given. */
export class FileSeries {
  readonly #options: SeriesOptions;
  #number = 0;

  constructor(options: SeriesOptions) {
    this.#options = options;
    for (const path of filesOf(options.path)) refuseExisting(path, options.force);
  }

  /** How many files were created. */
  get written(): number {
    return this.#number;
  }

  /** Creates the next file, and removes the oldest one of this trace that is too many. */
  next(): { path: string; output: Output } {
    this.#number += 1;
    const path = this.#name(this.#number);
    const { force, keep } = this.#options;
    const output = createOutput(path, force);
    if (this.#number > keep) rmSync(this.#name(this.#number - keep), { force: true });
    return { path, output };
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
  const found = existsSync(dir || ".") ? readdirSync(dir || ".") : [];
  return found.filter(isNumbered).map((file) => join(dir, file));
}
