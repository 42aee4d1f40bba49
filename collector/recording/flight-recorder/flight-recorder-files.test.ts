// flight-recorder-files - A file around each trigger, and a sentence about it.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Trigger } from "../../events/event.ts";
import { apply, newLedger } from "../../ledger/ledger.ts";
import { FileSeries } from "../../output/file-series.ts";
import { reportOf } from "../../report/report.ts";
import { FILES, read, streamOf } from "../../testing/recordings.ts";
import { follow } from "../follow.ts";
import { recordTriggers } from "./flight-recorder-files.ts";

const dir = mkdtempSync(join(tmpdir(), "devmem-trace-flight-recorder-"));
after(() => rmSync(dir, { recursive: true }));
const { header, events } = await read(
  readFileSync(FILES.find((file) => file.includes("misdeeds-v1")) as string),
);

/** What is reported of the capture. */
async function record(path: string, trigger: Trigger, before = () => {}): Promise<string[]> {
  const sentences: string[] = [];
  const options = { before: 2e9, after: 1e9, on: [trigger] };
  const recorder = recordTriggers(new FileSeries({ path, force: false, keep: 9 }), options, header, (s) =>
    sentences.push(s),
  );
  before();
  const ledger = newLedger(header);
  for (const event of events) {
    const changes = apply(ledger, event);
    await recorder.take(event, ledger, changes);
  }
  await recorder.close();
  return sentences;
}

test("a file for each stretch, reported in a sentence", async () => {
  const sentences = await record(join(dir, "leak.dmt"), "leak");
  assert.match(
    sentences.join(),
    /^leak at 23\.\d+ s and 1 more trigger: .* in .*\.1\.dmt\. Next: devmem-trace report/,
  );
  const stream = await streamOf(readFileSync(join(dir, "leak.1.dmt")));
  assert.equal(reportOf(await follow(stream)).verdict, "leak");
});

test("without a trigger there is no file, and that is reported", async () => {
  assert.deepEqual(await record(join(dir, "lost.dmt"), "lost"), ["Nothing was recorded: no trigger (lost)."]);
});

test("a file that cannot be written is reported, and the recorder goes on", async () => {
  const folder = join(dir, "gone");
  mkdirSync(folder);
  const sentences = await record(join(folder, "leak.dmt"), "leak", () => rmdirSync(folder));
  assert.match(sentences.join(), /leak\.1\.dmt cannot be written: the folder .*gone does not exist/);
});
