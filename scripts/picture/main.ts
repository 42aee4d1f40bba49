// main - Writes the pictures of the screen that the README and docs show. `npm run picture`; needs tmux.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { PICTURES, take } from "./picture.ts";

async function writeAll(): Promise<void> {
  for (const picture of PICTURES) {
    const svg = await take(picture);
    mkdirSync(dirname(picture.file), { recursive: true });
    writeFileSync(picture.file, svg);
    console.log(`Written: ${picture.file}`);
  }
}

await writeAll().catch((error: Error) => {
  console.error(`picture: ${error.message}`);
  process.exitCode = 1;
});
