// line-printer - Lines that come one by one, on stdout, no faster than whoever reads them takes them.

import { once } from "node:events";
import { print } from "./files.ts";

/** Prints lines that come one by one: those of one moment are written at once, in their order. */
export class LinePrinter {
  #lines: string[] = [];

  /** Returns a promise where whoever reads stdout is slow: print more when it is fulfilled. */
  print(line: string): Promise<void> | undefined {
    // Runs as soon as whoever prints has to wait for something.
    if (this.#lines.length === 0) queueMicrotask(() => this.#flush());
    this.#lines.push(line);
    // Node writes to a pipe at once, but to a socket, as a parent in Node gives one, when it has room.
    return process.stdout.writableNeedDrain ? drained() : undefined;
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = [];
    print(...lines);
  }
}

/** An error of stdout is handled where it is made: see scripts/cli/main.ts. */
async function drained(): Promise<void> {
  await once(process.stdout, "drain").catch(() => {});
}
