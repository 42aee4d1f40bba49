// file-output - A file being written; it gets its name when its first bytes come, or when it is whole.

import { once } from "node:events";
import { createWriteStream, renameSync, rmSync } from "node:fs";
import { basename } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { UserError } from "../base/errors.ts";
import { fileError } from "./file-errors.ts";
import type { Output } from "./output.ts";
import type { Place } from "./place.ts";
import { addUnfinished, finishedWith } from "./unfinished.ts";

export class FileOutput implements Output {
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
    addUnfinished(this);
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
    finishedWith(this);
    this.#out.destroy();
    if (this.#place.made !== null)
      rmSync(this.#kept ? this.#place.wanted : this.#place.made, { force: true });
  }

  /** Gives the file its name: from here on it stays. */
  #keep(): void {
    if (this.#kept || this.#failure) return;
    this.#kept = true;
    finishedWith(this);
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
