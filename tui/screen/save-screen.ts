// save-screen - The screen as a text file beside the user, under a name that is not taken.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

/** More screens than anybody keeps in one folder. */
const MAX_FILES = 1000;

/** Writes `text` to the first free devmem-trace-screen-N.txt in the working directory, 0600. Says where, or why not. */
export function writeScreen(text: string): string {
  for (let n = 1; n <= MAX_FILES; n++) {
    const path = resolve(`devmem-trace-screen-${n}.txt`);
    try {
      writeFileSync(path, `${text}\n`, { flag: "wx", mode: 0o600 });
      return `Written to ${path}`;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") return `Not written: ${message}`;
    }
  }
  return `Not written: there are ${MAX_FILES} screens here already`;
}
