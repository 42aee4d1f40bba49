// series - On a real capture of manual mode every series ends where the ledger ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { outstanding } from "../ledger/sockets/socket.ts";
import { openRecording } from "../recording/files.ts";
import { follow } from "../recording/follow.ts";
import { newSeries } from "./series.ts";

test("a sweep, and a return through another socket, show in the series of the sockets that were issued the tokens", async () => {
  const file = fileURLToPath(new URL("../testdata/recordings/manual-v1.jsonl", import.meta.url));
  const series = newSeries();
  const ledger = await follow(await openRecording(file), series.take);
  const swept = ledger.sockets.filter((socket) => socket.swept > 0);
  assert.ok(swept.length >= 4);
  for (const socket of ledger.sockets) {
    const points = series.sockets.get(socket) ?? [];
    assert.equal(points.at(-1)?.held, outstanding(socket));
    assert.ok(points.some(({ held }) => held >= socket.heldAtClose));
  }
});
