// parts - Files of a trace: each is a whole recording that says what the trace says, only its owner reads it, the oldest go.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import { reportOf } from "../report/report.ts";
import { FILES, read, streamOf } from "../testing/recordings.ts";
import { AS_SOURCES } from "../testing/tsx.ts";
import { follow } from "./follow.ts";
import { recorded, recordTo } from "./recorder.ts";
import { flightRecorder, type LookingRecorder, rotating } from "./rotation.ts";

const dir = mkdtempSync(join(tmpdir(), "devmem-trace-parts-"));
after(() => rmSync(dir, { recursive: true }));
let number = 0;
const fresh = () => join(dir, `${++number}.dmt`);
const capture = await read(readFileSync(FILES.find((file) => file.includes("misdeeds-v1")) as string));
const report = async (file: string) => reportOf(await follow(await streamOf(readFileSync(file))));

async function feed(recorder: LookingRecorder, header: Header, events: Event[]): Promise<void> {
  const ledger = newLedger(header);
  for (const event of events) {
    const changes = apply(ledger, event);
    await recorder.take(event, ledger, changes);
  }
  await recorder.close();
}

test("parts: the last one's sockets are those of the whole, each part ends by saying that it goes on", async () => {
  const { header, events } = capture;
  const path = fresh();
  await feed(await rotating({ path, force: false, keep: Infinity }, 1, header), header, events);
  const parts = readdirSync(dir).filter((name) => name.startsWith(`${number}.`));
  assert.ok(parts.length > 2, `${parts}`);
  const whole = reportOf(await follow({ header, events: each(events) }));
  const told = new Map<string, unknown>();
  for (let i = 1; i <= parts.length; i++) {
    const file = path.replace(".dmt", `.${i}.dmt`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const end = (await read(readFileSync(file))).events.at(-1);
    assert.equal(end?.kind === "end" && end.reason, i < parts.length ? "continued" : "stopped");
    for (const { id, verdict, issued, returned } of (await report(file)).sockets)
      told.set(id, { verdict, issued, returned });
  }
  assert.deepEqual(
    told,
    new Map(whole.sockets.map(({ id, verdict, issued, returned }) => [id, { verdict, issued, returned }])),
  );
});

async function* each(events: Event[]): AsyncGenerator<Event> {
  yield* events;
}

test("parts: only the newest stay, nothing that was there is overwritten unasked", async () => {
  const { header, events } = capture;
  const path = fresh();
  await feed(await rotating({ path, force: false, keep: 2 }, 400, header), header, events);
  const names = readdirSync(dir).filter((name) => name.startsWith(`${number}.`));
  assert.equal(names.length, 2);
  await assert.rejects(rotating({ path, force: false, keep: 2 }, 400, header), /exists already/);
  await feed(await rotating({ path, force: true, keep: 2 }, 400, header), header, events);
});

test("flight recorder: a file for each stretch, told of in a sentence", async () => {
  const { header, events } = capture;
  const said: string[] = [];
  const path = fresh();
  const options = { before: 2e9, after: 1e9, on: ["leak"] as const };
  const tell = (sentence: string) => said.push(sentence);
  await feed(flightRecorder({ path, force: false, keep: 9 }, options, header, tell), header, events);
  assert.match(
    said.join(),
    /^leak at 23\.\d+ s and 1 more trigger: .* in .*\.1\.dmt\. Next: devmem-trace report/,
  );
  assert.equal((await report(path.replace(".dmt", ".1.dmt"))).verdict, "leak");
  said.length = 0;
  await feed(
    flightRecorder({ path: fresh(), force: false, keep: 9 }, { ...options, on: ["lost"] }, header, tell),
    header,
    events,
  );
  assert.deepEqual(said, ["Nothing to record: no lost."]);
});

test("a full disk ends the recording and is told of; the stream goes on", async () => {
  const { header, events } = capture;
  const said: string[] = [];
  const full = await recordTo("/dev/full", true, header).catch((error) => error);
  // The first write may be told of at once or by the next one.
  const recorder =
    full instanceof UserError ? { take: () => Promise.reject(full), close: async () => {} } : full;
  const stream = recorded({ header, events: each(events) }, recorder, (why) => said.push(why));
  const seen: Event[] = [];
  for await (const event of stream.events) seen.push(event);
  assert.deepEqual(seen, events);
  assert.equal(said.length, 1);
  assert.match(said.join(), /^\/dev\/full cannot be written: ENOSPC.* what was written can be read/);
});

test("a file that others may read is one for its owner once it is written over, and a link to a device is left alone", async () => {
  const path = fresh();
  writeFileSync(path, "old", { mode: 0o644 });
  await assert.rejects(recordTo(path, false, capture.header), /exists already/);
  await feed(await recordTo(path, true, capture.header), capture.header, capture.events);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const before = statSync("/dev/null").mode;
  await (await recordTo("/dev/null", true, capture.header)).close();
  assert.equal(statSync("/dev/null").mode, before);
});

test("killed with -9 in the middle of a write: everything up to the last whole block is read", async () => {
  const path = fresh();
  const program = `
    import { recordTo } from "${new URL("recorder.ts", import.meta.url)}";
    const header = ${JSON.stringify(capture.header)};
    const recorder = await recordTo(${JSON.stringify(path)}, false, header);
    for (let t = 1; ; t++) await recorder.take({ kind: t % 100 === 0 ? "tick" : "free", t, binding: String(t) });`;
  const child = spawn(process.execPath, [...AS_SOURCES, "--input-type=module", "-e", program]);
  while (!existsSync(path) || statSync(path).size < 100_000) await setTimeout(10);
  child.kill("SIGKILL");
  await once(child, "exit");
  const { events } = await read(readFileSync(path));
  const told = events.filter(({ kind }) => kind !== "lost" && kind !== "end");
  assert.ok(told.length > 1000);
  assert.deepEqual(
    told.map(({ t }) => t),
    told.map((_, i) => i + 1),
  );
  const end = events.at(-1);
  assert.equal(end?.kind === "end" && end.reason, "died");
  assert.equal((await report(path)).verdict, "inconclusive");
});
