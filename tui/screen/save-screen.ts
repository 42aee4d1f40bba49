// save-screen - The screen saved as a text file in the working directory, under a name that is not in use.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

/** More screens than anyone keeps in one folder. */
const MAX_FILES = 1000;

/** Writes `text` to the first free devmem-trace-screen-N.txt, mode 0600. Returns a sentence: where it is, or why it is not saved. */
export function saveScreen(text: string): string {
  for (let n = 1; n <= MAX_FILES; n++) {
    const path = resolve(`devmem-trace-screen-${n}.txt`);
    try {
      writeFileSync(path, `${text}\n`, { flag: "wx", mode: 0o600 });
      return `Saved to ${path}`;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") return `Not saved: ${message}`;
    }
  }
  return `Not saved: this folder already has ${MAX_FILES} saved screens`;
}
