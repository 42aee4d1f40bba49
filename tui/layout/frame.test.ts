// frame - Every pane at two sizes, from captures made in the testbed: 80x24 in ASCII, 120x40 with sparklines and bars.

import assert from "node:assert/strict";
import { test } from "node:test";
import { golden } from "../../collector/testing/golden.ts";
import { width } from "../draw/styled-line.ts";
import type { Model } from "../state/model.ts";
import { feed } from "../state/screen-state.ts";
import type { Stage } from "../state/view.ts";
import { linesOf, sceneOf, shownAt, stageOf, textOf } from "../testing/scene.ts";
import { frame } from "./frame.ts";

interface Scene {
  /** Capture and the second to stop at; without it there is no stream yet. */
  at?: [capture: string, seconds?: number];
  model?: Partial<Model>;
  stage?: Partial<Stage>;
}

const WAITING: Stage["phase"] = { is: "waiting", sentences: ["The probes are being attached."] };
const CANNOT: Stage["phase"] = {
  is: "failed",
  why: "Tracing needs root: bpftrace loads BPF programs. Run it with sudo.",
  cannot: true,
};

const SCENES: Record<string, Scene> = {
  sockets: { at: ["misdeeds-v1", 23.2] },
  "sockets-ended": { at: ["misdeeds-v1"] },
  "sockets-filtered": { at: ["misdeeds-v1"], model: { filter: "50042", sort: "verdict", reversed: true } },
  "sockets-private": { at: ["misdeeds-v1", 23.2], model: { privacy: true } },
  "sockets-paused": { at: ["misdeeds-v1", 23.2], model: { paused: true }, stage: { missed: 61 } },
  leaks: { at: ["misdeeds-v1"], model: { view: "leaks" } },
  bindings: { at: ["misdeeds-v1", 23.2], model: { view: "bindings" } },
  "profile-counts": { at: ["misdeeds-v1", 23.2], model: { view: "profile" } },
  "profile-tokens": { at: ["tokens-v1"], model: { view: "profile" } },
  log: { at: ["misdeeds-v1"], model: { view: "log" } },
  help: { at: ["misdeeds-v1"], model: { help: true } },
  "filter-typed": { at: ["misdeeds-v1"], model: { filter: "500", prompt: { for: "filter", text: "500" } } },
  empty: { at: ["leak-v1", 20] },
  "no-leak": { at: ["clean-v1"], model: { view: "leaks" } },
  waiting: { stage: { phase: WAITING } },
  cannot: { stage: { phase: CANNOT } },
  replay: { at: ["misdeeds-v1", 23.2], stage: { replay: { t: 23.2e9, end: 24.495e9, speed: 0.5 } } },
};

async function viewOfScene({ at, model, stage }: Scene, unicode: boolean) {
  const shown = at ? (await shownAt(linesOf(at[0]), at[1])).shown : null;
  return sceneOf(stageOf(shown, stage), model, unicode);
}

for (const [name, scene] of Object.entries(SCENES))
  for (const [w, h] of [
    [80, 24],
    [120, 40],
  ] as const)
    test(`${name} at ${w}x${h}`, async () => {
      const text = textOf(await viewOfScene(scene, w > 80), w, h);
      golden(new URL(`../testdata/${name}-${w}x${h}.txt`, import.meta.url), `${text}\n`);
    });

for (const capture of ["misdeeds-v1", "tokens-v1"])
  for (const [w, h] of [
    [80, 24],
    [120, 40],
  ] as const)
    test(`one leaking socket of ${capture} at ${w}x${h}`, async () => {
      const { shown } = await shownAt(linesOf(capture));
      const leaky = shown.ledger.sockets.find((s) => s.heldAtClose > 0);
      const view = sceneOf(stageOf(shown), { detail: leaky?.id ?? null }, w > 80);
      const url = new URL(`../testdata/socket-${capture}-${w}x${h}.txt`, import.meta.url);
      golden(url, `${textOf(view, w, h)}\n`);
    });

test("a stream cut in mid-line says so and keeps the last state", async () => {
  const lines = linesOf("leak-v1").slice(0, 28);
  const torn = [...lines.slice(0, -1), (lines.at(-1) as string).slice(0, 40)];
  const { shown } = await shownAt(torn);
  const text = textOf(sceneOf(stageOf(shown), {}, false), 80, 24);
  golden(new URL("../testdata/cut-80x24.txt", import.meta.url), `${text}\n`);
  assert.match(text, /Cut: The recording stops in the middle/);
  assert.match(text, /192\.0\.2\.2:53474/);
});

test("what is missing is in the header at once: how much of which kind, since when nothing is known", async () => {
  const { shown } = await shownAt(linesOf("misdeeds-v1"), 23.2);
  const head = (w: number) => textOf(sceneOf(stageOf(shown), {}, false), w, 24).split("\n");
  feed(shown, { kind: "lost", t: 23.2e9, count: 5, what: "bpftrace", detail: "" });
  feed(shown, { kind: "lost", t: 23.2e9, count: 2, what: "skipped", detail: "" });
  assert.match(head(120)[1] ?? "", /lost events 7 \(5 ring buffer full, 2 probe runs skipped\)$/);
  assert.match(head(80)[1] ?? "", /lost events 7$/);
  feed(shown, { kind: "stall", t: 28.2e9, silent: 5e9 });
  assert.match(head(80)[0] ?? "", /INCONCLUSIVE .* NO WORD of bpftrace since 23\.200 s$/);
  feed(shown, { kind: "gap", t: 29e9, from: 23.2e9, detail: "It was killed." });
  assert.match(head(80)[0] ?? "", /NOT TRACED since 23\.200 s$/);
  feed(shown, { kind: "resumed", t: 30e9 });
  assert.match(head(80)[0] ?? "", /30\.000 s$/);
  assert.match(textOf(sceneOf(stageOf(shown), { view: "log" }, false), 80, 24), /TRACED again/);
});

test("what the traced side named itself cannot leave its cell", async () => {
  const lines = linesOf("misdeeds-v1").map((l) =>
    l.replaceAll('"MainThread"', '"\\u001b[2J{red-fg}漢e\\u0301🦀"'),
  );
  const { shown } = await shownAt(lines);
  for (const view of ["sockets", "leaks", "bindings", "log"] as const)
    for (const line of frame(sceneOf(stageOf(shown), { view }), 80, 24)) {
      assert.ok(width(line) <= 80);
      const text = line.map((s) => s.text).join("");
      assert.match(text, /^[\x20-\x7e▁-█░▲▼·]*$/);
    }
  assert.match(textOf(sceneOf(stageOf(shown)), 120, 40), /\?\[2J\{red-fg\}\?e\?\?\?/);
});
