// frame - Every pane at two sizes, from captures made in the testbed: 80x24 in ASCII, 120x40 in Unicode.

import assert from "node:assert/strict";
import { test } from "node:test";
import { golden } from "../../collector/testing/golden.ts";
import { width } from "../draw/styled-line.ts";
import { type Model, PANE_NAMES } from "../state/model.ts";
import { feed } from "../state/screen-state.ts";
import type { SourceStatus, View } from "../state/view.ts";
import { linesOf, sceneOf, stateAt, statusOf, textOf } from "../testing/scene.ts";
import { frame } from "./frame.ts";

interface Scene {
  /** Capture, and the second to stop at; without it there is no stream yet. */
  at?: [capture: string, seconds?: number];
  model?: Partial<Model>;
  status?: Partial<SourceStatus>;
  missed?: number;
}

const WAITING: SourceStatus["phase"] = { is: "waiting", sentences: ["Attaching the probes."] };
const CANNOT: SourceStatus["phase"] = {
  is: "failed",
  why: "Tracing needs root: bpftrace loads BPF programs. Run it with sudo.",
  cannot: true,
};

/** The id of a binding's row: kernel pointer, dma-buf, first seen. */
const STUCK = "binding ffff888101723c00 8 104689837810";

const SCENES: Record<string, Scene> = {
  ...Object.fromEntries(PANE_NAMES.map((pane) => [pane, { at: ["misdeeds-v1"], model: { pane } }])),
  sockets: { at: ["misdeeds-v1", 23.2] },
  "sockets-ended": { at: ["misdeeds-v1"] },
  "sockets-filtered": { at: ["misdeeds-v1"], model: { filter: "50042", sort: "verdict", reversed: true } },
  "sockets-private": { at: ["misdeeds-v1", 23.2], model: { privacy: true } },
  "sockets-paused": { at: ["misdeeds-v1", 23.2], model: { paused: true }, missed: 61 },
  bindings: { at: ["misdeeds-v1", 23.2], model: { pane: "bindings" } },
  "bindings-stuck": { at: ["full-v1"], model: { pane: "bindings", cursor: { bindings: STUCK } } },
  profile: { at: ["misdeeds-v1", 23.2], model: { pane: "profile" } },
  "profile-tokens": { at: ["tokens-v1"], model: { pane: "profile" } },
  "leaks-manual": { at: ["full-v1"], model: { pane: "leaks" } },
  "leaks-none": { at: ["clean-v1"], model: { pane: "leaks" } },
  help: { at: ["misdeeds-v1"], model: { help: true } },
  "filter-typed": { at: ["misdeeds-v1"], model: { filter: "500", prompt: { for: "filter", text: "500" } } },
  waiting: { status: { phase: WAITING } },
  cannot: { status: { phase: CANNOT } },
  replay: { at: ["misdeeds-v1", 23.2], status: { replay: { t: 23.2e9, end: 24.495e9, speed: 0.5 } } },
};

const SIZES = [
  [80, 24],
  [120, 40],
] as const;

function isGolden(name: string, view: View, w: number, h: number): void {
  golden(new URL(`../testdata/${name}-${w}x${h}.txt`, import.meta.url), `${textOf(view, w, h)}\n`);
}

for (const [name, { at, model, status, missed }] of Object.entries(SCENES))
  for (const [w, h] of SIZES)
    test(`${name} at ${w}x${h}`, async () => {
      const state = at ? (await stateAt(linesOf(at[0]), at[1])).state : null;
      isGolden(name, sceneOf(statusOf(state, status), model, w > 80, missed), w, h);
    });

for (const capture of ["misdeeds-v1", "tokens-v1"])
  for (const [w, h] of SIZES)
    test(`one leaking socket of ${capture} at ${w}x${h}`, async () => {
      const { state } = await stateAt(linesOf(capture));
      const leaky = state.ledger.sockets.find((s) => s.heldAtClose > 0);
      isGolden(`socket-${capture}`, sceneOf(statusOf(state), { detail: leaky?.id ?? null }, w > 80), w, h);
    });

for (const pane of PANE_NAMES)
  test(`${pane} before anything happened`, async () => {
    const { state } = await stateAt(linesOf("leak-v1"), 0);
    isGolden(`${pane}-empty`, sceneOf(statusOf(state), { pane }, false), 80, 24);
  });

test("a stream cut in the middle of a line keeps the last state on the screen", async () => {
  const lines = linesOf("leak-v1").slice(0, 28);
  const torn = [...lines.slice(0, -1), (lines.at(-1) as string).slice(0, 40)];
  const view = sceneOf(statusOf((await stateAt(torn)).state), {}, false);
  isGolden("cut", view, 80, 24);
  assert.match(textOf(view, 80, 24), /Cut short: The recording stops in the middle/);
  assert.match(textOf(view, 80, 24), /192\.0\.2\.2:53474/);
});

test("missing evidence is in the header at once: how much of which kind, and since when nothing is known", async () => {
  const { state } = await stateAt(linesOf("misdeeds-v1"), 23.2);
  const head = (w: number) => textOf(sceneOf(statusOf(state), {}, false), w, 24).split("\n");
  feed(state, { kind: "lost", t: 23.2e9, count: 5, what: "bpftrace", detail: "" });
  feed(state, { kind: "lost", t: 23.2e9, count: 2, what: "skipped", detail: "" });
  assert.match(head(120)[1] ?? "", /lost events 7 \(ring buffer full: 5, probe runs skipped: 2\)$/);
  assert.match(head(80)[1] ?? "", /lost events 7$/);
  feed(state, { kind: "stall", t: 28.2e9, silent: 5e9 });
  assert.match(head(80)[0] ?? "", /INCONCLUSIVE .* bpftrace SILENT since 23\.200 s$/);
  feed(state, { kind: "gap", t: 29e9, from: 23.2e9, detail: "It was killed." });
  assert.match(head(80)[0] ?? "", /NOT TRACED since 23\.200 s$/);
  feed(state, { kind: "resumed", t: 30e9 });
  assert.match(head(80)[0] ?? "", /30\.000 s$/);
  assert.match(textOf(sceneOf(statusOf(state), { pane: "log" }, false), 80, 24), /TRACED again/);
});

test("a name chosen by the traced side cannot leave its cell", async () => {
  const lines = linesOf("misdeeds-v1").map((l) =>
    l.replaceAll('"MainThread"', '"\\u001b[2J{red-fg}漢e\\u0301🦀"'),
  );
  const { state } = await stateAt(lines);
  for (const pane of PANE_NAMES)
    for (const line of frame(sceneOf(statusOf(state), { pane }), 80, 24)) {
      assert.ok(width(line) <= 80);
      const text = line.map((s) => s.text).join("");
      assert.match(text, /^[\x20-\x7e▁-█░▲▼·漢]*$/);
    }
  assert.match(textOf(sceneOf(statusOf(state)), 120, 40), /\?\[2J\{red-fg\}漢e\?\?\?/);
});
