// recording-agrees - The recording of a run agrees with the run: its report, a replay to its end; a cut one never shows more.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { follow } from "../../../collector/recording/follow.ts";
import { openPlayer } from "../../../collector/recording/player.ts";
import { reportOf } from "../../../collector/report/report.ts";
import { cutsAreNotFirmer } from "../../../collector/testing/cuts.ts";
import { streamOf } from "../../../collector/testing/recordings.ts";
import type { Outcome } from "./outcome.ts";

/** Throws where the recording of a run disagrees with the run. */
export async function recordingAgrees({ recording, report }: Outcome): Promise<void> {
  assert.deepEqual(asJson(reportOf(await follow(await streamOf(recording)))), report);
  const dir = mkdtempSync(join(tmpdir(), "devmem-trace-e2e-"));
  try {
    const file = join(dir, "recording");
    writeFileSync(file, recording);
    const player = await openPlayer(file);
    player.at(player.end / 2);
    assert.deepEqual(asJson(reportOf(player.at(player.end))), report);
  } finally {
    rmSync(dir, { recursive: true });
  }
  await cutsAreNotFirmer(recording);
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
