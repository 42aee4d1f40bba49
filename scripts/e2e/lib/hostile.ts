// hostile - A copy of a recording in which every name from the traced side is the given one.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes the copy into `folder` and gives back its path. */
export function hostileCopy(recording: string, folder: string, name: string): string {
  const lines = readFileSync(recording, "utf8").trimEnd().split("\n");
  const changed = lines.map((line) => {
    const event = JSON.parse(line);
    for (const field of ["comm", "ifname"]) if (field in event) event[field] = name;
    return JSON.stringify(event);
  });
  const copy = join(folder, "hostile.jsonl");
  writeFileSync(copy, `${changed.join("\n")}\n`);
  return copy;
}
