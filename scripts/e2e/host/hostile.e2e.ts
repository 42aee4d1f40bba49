// hostile - Recordings from strangers through everything the program makes of one: in bounded memory and time, and harmless.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { notWithoutAll } from "../lib/choices.ts";
import { BYTES, compiled, FACES, measured, type Run } from "../lib/faces.ts";
import { HOSTILE } from "../lib/hostile-recordings/recordings.ts";

/** MiB above what the program takes for nothing: the limit that docs/recording.md states. */
const MOST = 512;
/** Beyond these a run is ended, and has failed. */
const LIMITS = { seconds: 60, most: 2048 };
/** What a terminal, or a reader of JSON, would interpret or not see. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject here
const INTERPRETED = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

let folder: string;
let build: string;
let base: number;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "devmem-trace-hostile-"));
  build = compiled();
  base = (await measured(build, ["scripts/cli/main", "--version"], LIMITS)).peak;
});
after(() => rmSync(folder, { recursive: true, force: true }));

function refuse(face: string, { code, signal, peak, out, err }: Run): void {
  const limits = `the limits are ${LIMITS.seconds} s of CPU time and ${LIMITS.most} MiB`;
  assert.notEqual(code, null, `${face}: ended by ${signal} at ${Math.round(peak)} MiB; ${limits}`);
  assert.doesNotMatch(err, /^\s+at |node:internal/m, `${face}: a stack trace`);
  assert.ok(peak - base <= MOST, `${face}: ${Math.round(peak - base)} MiB`);
  assert.doesNotMatch(err, INTERPRETED, face);
  if (!BYTES.test(face)) assert.doesNotMatch(out, INTERPRETED, face);
}

/** Every recording through every output takes the better part of an hour; with --large hours. */
const QUICK = new Set([
  "a frame of many values",
  "lines of many values",
  "one stack of empty frames",
  "deep values",
  "numbers out of range",
  "texts in every field",
]);

for (const [name, make] of Object.entries(HOSTILE))
  test(name, { skip: !QUICK.has(name) && notWithoutAll }, async (t) => {
    const file = join(folder, name.replace(/\W+/g, "-"));
    writeFileSync(file, make());
    const peaks: string[] = [];
    for (const [face, args] of Object.entries(FACES)) {
      const run = await measured(build, args(file), LIMITS);
      peaks.push(`${face} ${Math.round(Math.max(0, run.peak - base))}`);
      refuse(face, run);
    }
    t.diagnostic(`MiB: ${peaks.join(", ")}`);
  });
