// recorder - Files that cannot be written, are overwritten, or are cut when the recorder is killed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../base/errors.ts";
import type { Event } from "../events/event.ts";
import { createOutput } from "../output/create-output.ts";
import { reportOf } from "../report/report.ts";
import { each, FILES, read, streamOf } from "../testing/recordings.ts";
import { AS_SOURCES } from "../testing/tsx.ts";
import { follow } from "./follow.ts";
import { type Recorder, recorded, recordTo } from "./recorder.ts";

const dir = mkdtempSync(join(tmpdir(), "devmem-trace-recorder-"));
after(() => rmSync(dir, { recursive: true }));
let number = 0;
const fresh = () => join(dir, `${++number}.dmt`);
const { header, events } = await read(
  readFileSync(FILES.find((file) => file.includes("misdeeds-v1")) as string),
);

async function feed(recorder: Recorder): Promise<void> {
  for (const event of events) await recorder.take(event);
  await recorder.close();
}

test("a full disk ends the recording and is reported; the stream goes on", async () => {
  const reasons: string[] = [];
  const full = await recordTo(createOutput("/dev/full", { force: false }), header).catch((error) => error);
  // The error comes with the first write or the next one.
  const recorder =
    full instanceof UserError ? { take: () => Promise.reject(full), close: async () => {} } : full;
  const stream = recorded({ header, events: each(events) }, recorder, (why) => reasons.push(why));
  const seen: Event[] = [];
  for await (const event of stream.events) seen.push(event);
  assert.deepEqual(seen, events);
  assert.equal(reasons.length, 1);
  assert.match(
    reasons.join(),
    /^\/dev\/full cannot be written: ENOSPC.* what was written so far can be read/,
  );
});

test("an overwritten file can be read by its owner only; the mode of a device does not change", async () => {
  const path = fresh();
  writeFileSync(path, "old", { mode: 0o644 });
  assert.throws(() => createOutput(path, { force: false }), /already exists/);
  await feed(await recordTo(createOutput(path, { force: true }), header));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const before = statSync("/dev/null").mode;
  await (await recordTo(createOutput("/dev/null", { force: false }), header)).close();
  assert.equal(statSync("/dev/null").mode, before);
});

test("killed with -9 in the middle of a write: everything up to the last whole block is read", async () => {
  const path = fresh();
  const program = `
    import { createOutput } from "${new URL("../output/create-output.ts", import.meta.url)}";
    import { recordTo } from "${new URL("recorder.ts", import.meta.url)}";
    const header = ${JSON.stringify(header)};
    const recorder = await recordTo(createOutput(${JSON.stringify(path)}, { force: false }), header);
    for (let t = 1; ; t++) await recorder.take({ kind: t % 100 === 0 ? "tick" : "free", t, binding: String(t) });`;
  const child = spawn(process.execPath, [...AS_SOURCES, "--input-type=module", "-e", program]);
  while (!existsSync(path) || statSync(path).size < 100_000) {
    assert.equal(child.exitCode, null, "the recorder ended by itself");
    await setTimeout(10);
  }
  child.kill("SIGKILL");
  await once(child, "exit");
  const found = (await read(readFileSync(path))).events;
  const whole = found.filter(({ kind }) => kind !== "lost" && kind !== "end");
  assert.ok(whole.length > 1000);
  assert.deepEqual(
    whole.map(({ t }) => t),
    whole.map((_, i) => i + 1),
  );
  const end = found.at(-1);
  assert.equal(end?.kind === "end" && end.reason, "died");
  assert.equal(reportOf(await follow(await streamOf(readFileSync(path)))).verdict, "inconclusive");
});
