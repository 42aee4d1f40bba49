// selection - What filters and times select; the verdict is always that of the whole recording.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { cases } from "../testing/gauntlet.ts";
import { capture, RECORDINGS } from "../testing/recordings.ts";
import { SOCKET_VERDICTS } from "../verdict/words.ts";
import type { Filters } from "./filters.ts";
import { reportOf } from "./report.ts";
import { select } from "./selection.ts";

const shown = async (name: string, filters: Filters) => (await select(await capture(name), filters)).report;

test("no filter: the report is that of the ledger, without a selection", async () => {
  const { whole, report } = await select(await capture("leak-v1"), {});
  assert.deepEqual(report, reportOf(whole));
  assert.equal(report.selection, undefined);
});

test("between close and destroy: lingering, 23 outstanding, the binding still bound", async () => {
  const report = await shown("leak-v1", { to: "38.314" });
  assert.equal(report.sockets[0]?.verdict, "lingering");
  assert.equal(report.sockets[0]?.outstanding, 23);
  assert.equal(report.bindings[0]?.verdict, "bound");
  assert.equal(report.verdict, "leak");
});

test("before the leak there is no socket, but the run still leaked", async () => {
  const report = await shown("leak-v1", { to: "38" });
  assert.deepEqual([report.sockets.length, report.verdict], [0, "leak"]);
  assert.deepEqual([report.selection?.sockets, report.selection?.ofSockets], [0, 1]);
});

test("a wall-clock time is a time since the start", async () => {
  const wall = await shown("leak-v1", { to: "2026-11-23T05:52:46.517Z" });
  const seconds = await shown("leak-v1", { to: "38.314" });
  assert.deepEqual(wall, seconds);
});

test("from a time on: what was destroyed before it is not shown", async () => {
  const report = await shown("misdeeds-v1", { from: "23.310" });
  assert.deepEqual(
    report.sockets.map((s) => s.remote),
    ["192.0.2.2:50038", "192.0.2.2:50042"],
  );
});

test("filters by pid, port, dma-buf and verdict", async () => {
  const remotes = async (filters: Filters) =>
    (await shown("misdeeds-v1", filters)).sockets.map((s) => s.remote.slice(-5));
  assert.deepEqual(await remotes({ pid: 255 }), ["50022", "50038", "50042"]);
  assert.deepEqual(await remotes({ pid: 256 }), []);
  assert.deepEqual(await remotes({ port: 50038 }), ["50038"]);
  assert.deepEqual(await remotes({ port: 5201, verdict: "clean" }), ["50042"]);
  assert.deepEqual(await remotes({ dmabuf: 2 }), []);
});

test("a socket whose first line was lost may match any filter", async () => {
  const cut = (line: string) => (line.includes('"kind":"socket"') ? "torn" : line);
  const { report } = await select(await capture("leak-v1", cut), { pid: 4711 });
  assert.equal(report.sockets.length, 0, "its close line names its process");
  const noClose = (line: string) => (/"kind":"(socket|close)"/.test(line) ? "torn" : line);
  const unknown = await select(await capture("leak-v1", noClose), { pid: 4711 });
  assert.equal(unknown.report.sockets.length, 1);
});

test("what is not a time or not a verdict is refused", async () => {
  for (const filters of [{ from: "soon" }, { to: "-1" }, { from: "2", to: "1" }, { verdict: "fine" }])
    await assert.rejects(shown("leak-v1", filters), { exitCode: 2 });
});

const names = readdirSync(RECORDINGS)
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => name.replace(".jsonl", ""));

test("whatever is selected, of a recording with any line torn: verdict, reason and loss of the whole", async () => {
  const filters = fc.record(
    {
      from: fc.integer({ min: 0, max: 20 }).map(String),
      to: fc.integer({ min: 20, max: 40 }).map(String),
      pid: fc.constantFrom(255, 287, 299, 1),
      port: fc.constantFrom(5201, 50038, 1),
      dmabuf: fc.constantFrom(1, 2),
      verdict: fc.constantFrom(...SOCKET_VERDICTS),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(120), filters, async (name, lost, asked) => {
      const tear = () => {
        let n = 0;
        return (line: string) => (++n === lost + 2 ? "torn" : line);
      };
      const whole = (await select(await capture(name, tear()), {})).report;
      const part = (await select(await capture(name, tear()), asked)).report;
      assert.deepEqual([part.verdict, part.why, part.lost], [whole.verdict, whole.why, whole.lost]);
    }),
    { numRuns: cases(10, 100), seed: 20261124 },
  );
});
