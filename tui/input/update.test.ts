// update - Keys: what each does, and that no sequence of them at any size breaks the screen.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { width } from "../draw/styled-line.ts";
import { contextOf, frame } from "../layout/frame.ts";
import { type Model, newModel } from "../state/model.ts";
import { feed, newShown, type Shown } from "../state/screen-state.ts";
import { linesOf, sceneOf, shownAt, stageOf, textOf } from "../testing/scene.ts";
import { KEYS } from "./keys.ts";
import { type Effect, update } from "./update.ts";

let shown: Shown;
before(async () => {
  ({ shown } = await shownAt(linesOf("misdeeds-v1")));
});

/** Presses keys on the capture at 80x24; gives the model and what the shell was asked to do. */
function press(keys: string[], from: Partial<Model> = {}): { model: Model; effects: Effect[]; text: string } {
  let model: Model = { ...newModel(), ...from };
  const effects: Effect[] = [];
  for (const key of keys) {
    const step = update(model, key, contextOf(sceneOf(stageOf(shown), model), 80, 24));
    model = step.model;
    if (step.effect) effects.push(step.effect);
  }
  return { model, effects, text: textOf(sceneOf(stageOf(shown), model), 80, 24) };
}

test("no key is bound twice", () => {
  const all = KEYS.flatMap(({ keys }) => keys);
  assert.equal(new Set(all).size, all.length);
});

test("every key is in the help", () => {
  const { text } = press([], { help: true });
  assert.match(text, /q \^C +leave/);
});

test("enter opens the leak under the cursor, escape goes back", () => {
  const { model, text } = press(["2", "j", "enter"]);
  assert.match(text, /closed holding 176 tokens/);
  assert.match(text, /return refused with EINVAL once: 131 ranges not returned/);
  assert.equal(press(["escape"], model).model.detail, null);
});

test("enter on a log entry opens its socket", () => {
  const { text } = press(["5", "g", "j", "j", "enter"]);
  assert.match(text, /192\.0\.2\.1:5201 <- 192\.0\.2\.2:50022/);
  assert.match(text, /Life/);
});

test("enter on a binding shows its sockets only", () => {
  const { model, text } = press(["3", "enter"]);
  assert.equal(model.filter, "dma-buf 1 on devmem0");
  assert.match(text, /50022/);
});

test("the filter narrows while it is typed and escape takes it away", () => {
  const typed = press(["/", ..."RECLAIMED"]);
  assert.doesNotMatch(typed.text, /50042/);
  assert.match(typed.text, /50038/);
  assert.match(press(["enter"], typed.model).text, /filter "RECLAIMED"/);
  assert.match(press(["escape"], typed.model).text, /50042/);
});

test("while text is typed its letters are no commands", () => {
  const { model, effects } = press(["/", "q", "w", "2", "space", "backspace"]);
  assert.deepEqual(effects, []);
  assert.equal(model.filter, "qw2");
});

test("sorting moves on column by column and turns round", () => {
  const { model } = press(["s", "s", "S"]);
  assert.equal(model.sort, "issued/s");
  assert.equal(model.reversed, true);
});

test("the cursor stays on its socket when the order changes", () => {
  const { model } = press(["j", "s", "S"]);
  const at = model.cursor.sockets;
  assert.ok(at !== null && press(["s", "s"], model).model.cursor.sockets === at);
});

test("hidden addresses are on no view, and the filter does not find them", () => {
  for (const keys of [["1"], ["2"], ["2", "enter"], ["3"], ["5"]])
    assert.doesNotMatch(press(["p", ...keys]).text, /192\.0\.2/);
  assert.match(press(["p", "/", ..."192.0"]).text, /No row contains/);
});

test("keys that move through a recording say so where there is none", () => {
  const { model, effects } = press(["t"]);
  assert.match(model.message, /devmem-trace replay/);
  assert.deepEqual(effects, []);
});

test("^C leaves from everywhere", () => {
  for (const keys of [["/"], ["?"], ["2", "enter"]])
    assert.deepEqual(press([...keys, "C-c"]).effects, [{ do: "quit" }]);
});

const anyKey = fc.oneof(
  fc.constantFrom(...KEYS.flatMap(({ keys }) => keys), "backspace", "C-u"),
  fc.string({ minLength: 1, maxLength: 1, unit: "binary-ascii" }),
);
const anySize = fc.record({ w: fc.integer({ min: 0, max: 320 }), h: fc.integer({ min: 0, max: 110 }) });

test("any keys at any size, at any moment of a capture: every frame fits and nothing throws", async () => {
  const { events } = await shownAt(linesOf("misdeeds-v1"));
  const tokens = await shownAt(linesOf("tokens-v1"));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyKey, anySize), { maxLength: 40 }),
      fc.integer({ min: 0, max: events.length }),
      fc.boolean(),
      (presses, until, replay) => {
        const part = newShown(shown.ledger.header);
        for (const event of events.slice(0, until)) feed(part, event);
        const change = replay ? { replay: { t: 1e9, end: 2e9, speed: 4 } } : {};
        let model = newModel();
        for (const [key, { w, h }] of presses) {
          for (const source of [part, tokens.shown]) {
            const lines = frame(sceneOf(stageOf(source, change), model), w, h);
            assert.equal(lines.length, h);
            assert.ok(lines.every((line) => width(line) <= w));
          }
          model = update(model, key, contextOf(sceneOf(stageOf(part, change), model), w, h)).model;
        }
      },
    ),
    { numRuns: 60 },
  );
});
