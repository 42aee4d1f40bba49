// export - The file it writes: whole or not at all, never over another, as private as the recording.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { RECORDINGS } from "../../../collector/testing/recordings.ts";
import { exportTo } from "./export.ts";

const folder = mkdtempSync(join(tmpdir(), "devmem-trace-export-"));
after(() => rmSync(folder, { recursive: true }));

const LEAK = fileURLToPath(new URL("leak-v1.jsonl", RECORDINGS));
const options = { format: "folded", table: "sockets", weight: "kept", force: false } as const;

test("a file is 0600, and overwritten only with --force", async () => {
  const output = join(folder, "kept.txt");
  assert.equal(await exportTo(LEAK, { ...options, output }), 0);
  assert.match(readFileSync(output, "utf8"), /^node;.* 23\n$/);
  assert.equal(statSync(output).mode & 0o777, 0o600);
  await assert.rejects(exportTo(LEAK, { ...options, output }), { exitCode: 1, message: /already exists/ });
  assert.equal(await exportTo(LEAK, { ...options, output, force: true }), 0);
});

test("an export that fails leaves no file; neither does an input that is not a recording", async () => {
  const output = join(folder, "none.txt");
  await assert.rejects(exportTo(LEAK, { ...options, weight: "cpu", output }), { exitCode: 2 });
  const foreign = join(folder, "foreign.jsonl");
  writeFileSync(foreign, "no header\n");
  await assert.rejects(exportTo(foreign, { ...options, output }), { exitCode: 1 });
  assert.ok(!existsSync(output));
});

test("a full device is an error, and stays a device", async () => {
  await assert.rejects(exportTo(LEAK, { ...options, output: "/dev/full", force: true }), {
    exitCode: 1,
    message: /\/dev\/full cannot be written/,
  });
  assert.ok(statSync("/dev/full").isCharacterDevice());
});
