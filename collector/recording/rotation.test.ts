// rotation - Each part is a complete recording that agrees with the whole trace, only its owner can read it, the oldest go.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Event } from "../events/event.ts";
import { FileSeries } from "../output/file-series.ts";
import { reportOf } from "../report/report.ts";
import { each, FILES, read, streamOf } from "../testing/recordings.ts";
import { follow } from "./follow.ts";
import type { Recorder } from "./recorder.ts";
import { rotating } from "./rotation.ts";

const dir = mkdtempSync(join(tmpdir(), "devmem-trace-rotation-"));
after(() => rmSync(dir, { recursive: true }));
let number = 0;
const fresh = () => join(dir, `${++number}.dmt`);
const { header, events } = await read(
  readFileSync(FILES.find((file) => file.includes("misdeeds-v1")) as string),
);
const report = async (file: string) => reportOf(await follow(await streamOf(readFileSync(file))));

async function feed(recorder: Recorder, all: Event[]): Promise<void> {
  for (const event of all) await recorder.take(event);
  await recorder.close();
}

const partsOf = () => readdirSync(dir).filter((name) => name.startsWith(`${number}.`));

test("the parts together have the sockets of the whole, and each part ends as continued", async () => {
  const path = fresh();
  await feed(await rotating(new FileSeries({ path, force: false, keep: Infinity }), 1, header), events);
  const parts = partsOf();
  assert.ok(parts.length > 2, `${parts}`);
  const whole = reportOf(await follow({ header, events: each(events) }));
  const newest = new Map<string, unknown>();
  for (let i = 1; i <= parts.length; i++) {
    const file = path.replace(".dmt", `.${i}.dmt`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const end = (await read(readFileSync(file))).events.at(-1);
    assert.equal(end?.kind === "end" && end.reason, i < parts.length ? "continued" : "stopped");
    for (const { id, verdict, issued, returned } of (await report(file)).sockets)
      newest.set(id, { verdict, issued, returned });
  }
  assert.deepEqual(
    newest,
    new Map(whole.sockets.map(({ id, verdict, issued, returned }) => [id, { verdict, issued, returned }])),
  );
});

test("only the newest parts stay, and an existing file is not overwritten without --force", async () => {
  const path = fresh();
  await feed(await rotating(new FileSeries({ path, force: false, keep: 2 }).prepare(), 400, header), events);
  assert.equal(partsOf().length, 2);
  assert.throws(() => new FileSeries({ path, force: false, keep: 2 }), /already exists/);
  await feed(await rotating(new FileSeries({ path, force: true, keep: 2 }), 400, header), events);
});
