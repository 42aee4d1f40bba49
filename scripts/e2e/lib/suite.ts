// suite - What a suite of end-to-end tests is: a command that runs in a guest, and tests of what it printed.

import { before } from "node:test";

export interface Suite {
  /** Unique in its boot; `npm run e2e -- --suite NAME` chooses by it. */
  name: string;
  /** Files that its command reads, by name; in the guest they are at placeOf(suite). */
  files?: Record<string, string>;
  /** Runs in the guest as root, in the checkout; it must exit with 0. */
  command: string[];
  /** Why it does not run in this run of the tests. */
  skip?: string | false;
  /** Declares its tests. `output` is what the command printed; it waits for that, and rejects where the command failed. */
  tests(output: () => Promise<string>): void;
}

/** What `read` makes of the output, once per suite. The result is for the tests, which run after that. */
export function whenRead<T>(output: () => Promise<string>, read: (text: string) => T | Promise<T>): () => T {
  let value: T;
  before(async () => {
    value = await read(await output());
  });
  return () => value;
}

/** The folder of a suite's files in the guest. */
export function placeOf({ name }: Pick<Suite, "name">): string {
  return `/mnt/with/${name.replaceAll(" ", "-")}`;
}

/** What a guest's script printed after each line `--- NAME`. */
export function partsOf(output: string): (name: string) => string {
  const parts = new Map(
    output.split(/^--- /m).map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
  return (name) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`the guest printed no part called ${name}`);
    return part;
  };
}

/** The lines of a text, without an empty one at its end. */
export function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}
