// stdout-output - Standard output as an Output.

import { once } from "node:events";
import type { UserError } from "../base/errors.ts";
import { fileError } from "./file-errors.ts";
import type { Output } from "./output.ts";

export class StdoutOutput implements Output {
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
