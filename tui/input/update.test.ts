// update - What each key does, and that no sequence of keys at any size breaks the screen.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { cases } from "../../collector/testing/gauntlet.ts";
import { width } from "../draw/styled-line.ts";
import { contextOf } from "../layout/context.ts";
import { frame } from "../layout/frame.ts";
import { type Model, newModel } from "../state/model.ts";
import { feed, newScreenState, type ScreenState } from "../state/screen-state.ts";
import { linesOf, sceneOf, stateAt, statusOf, textOf } from "../testing/scene.ts";
import { KEYS } from "./keys.ts";
import { type Effect, update } from "./update.ts";

let state: ScreenState;
before(async () => {
  ({ state } = await stateAt(linesOf("misdeeds-v1")));
});

/** Presses keys on the capture at 80x24. Returns the model, what the shell was asked to do, and the screen. */
function press(keys: string[], from: Partial<Model> = {}): { model: Model; effects: Effect[]; text: string } {
  let model: Model = { ...newModel(), ...from };
  const effects: Effect[] = [];
  for (const key of keys) {
    const step = update(model, key, contextOf(sceneOf(statusOf(state), model), 80, 24));
    model = step.model;
    if (step.effect) effects.push(step.effect);
  }
  return { model, effects, text: textOf(sceneOf(statusOf(state), model), 80, 24) };
}

test("no key is bound twice", () => {
  const all = KEYS.flatMap(({ keys }) => keys);
  assert.equal(new Set(all).size, all.length);
});

test("the help lists the keys", () => {
  const { text } = press([], { help: true });
  assert.match(text, /q \^C +quit/);
});

test("Enter opens the leak at the cursor, Esc goes back", () => {
  const { model, text } = press(["2", "j", "enter"]);
  assert.match(text, /closed holding 176 tokens/);
  assert.match(text, /return refused with EINVAL once: 131 ranges not returned/);
  assert.equal(press(["escape"], model).model.detail, null);
});

test("Enter on a log entry opens its socket", () => {
  const { text } = press(["5", "g", "j", "j", "enter"]);
  assert.match(text, /192\.0\.2\.1:5201 <- 192\.0\.2\.2:50022/);
  assert.match(text, /Life/);
});

test("Enter on a binding lists only its sockets", () => {
  const { model, text } = press(["3", "enter"]);
  assert.equal(model.filter, "dma-buf 1 on devmem0");
  assert.match(text, /50022/);
});

test("the filter takes effect while it is typed, and Esc clears it", () => {
  const typed = press(["/", ..."RECLAIMED"]);
  assert.doesNotMatch(typed.text, /50042/);
  assert.match(typed.text, /50038/);
  assert.match(press(["enter"], typed.model).text, /filter "RECLAIMED"/);
  assert.match(press(["escape"], typed.model).text, /50042/);
});

test("letters of a text being typed are not commands", () => {
  const { model, effects } = press(["/", "q", "w", "2", "space", "backspace"]);
  assert.deepEqual(effects, []);
  assert.equal(model.filter, "qw2");
});

test("s sorts by the next column, S reverses the order", () => {
  const { model } = press(["s", "s", "S"]);
  assert.equal(model.sort, "issued/s");
  assert.equal(model.reversed, true);
});

test("the cursor stays on its socket when the order changes", () => {
  const { model } = press(["j", "s", "S"]);
  const at = model.cursor.sockets;
  assert.ok(at !== null && press(["s", "s"], model).model.cursor.sockets === at);
});

test("hidden addresses are on no pane, and the filter does not find them", () => {
  for (const keys of [["1"], ["2"], ["2", "enter"], ["3"], ["5"]])
    assert.doesNotMatch(press(["p", ...keys]).text, /192\.0\.2/);
  assert.match(press(["p", "/", ..."192.0"]).text, /No row matches the filter/);
});

test("a key that works in a replay only says so elsewhere", () => {
  const { model, effects } = press(["t"]);
  assert.match(model.message, /devmem-trace replay/);
  assert.deepEqual(effects, []);
});

test("^C quits from everywhere", () => {
  for (const keys of [["/"], ["?"], ["2", "enter"]])
    assert.deepEqual(press([...keys, "C-c"]).effects, [{ do: "quit" }]);
});

const anyKey = fc.oneof(
  fc.constantFrom(...KEYS.flatMap(({ keys }) => keys), "backspace", "C-u"),
  fc.string({ minLength: 1, maxLength: 1, unit: "binary-ascii" }),
);
const anySize = fc.record({ w: fc.integer({ min: 0, max: 320 }), h: fc.integer({ min: 0, max: 110 }) });

test("any keys at any size, at any moment of a capture: every frame fits and nothing throws", async () => {
  const { events } = await stateAt(linesOf("misdeeds-v1"));
  const tokens = await stateAt(linesOf("tokens-v1"));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyKey, anySize), { maxLength: 40 }),
      fc.integer({ min: 0, max: events.length }),
      fc.boolean(),
      (presses, until, replay) => {
        const part = newScreenState(state.ledger.header);
        for (const event of events.slice(0, until)) feed(part, event);
        const change = replay ? { replay: { t: 1e9, end: 2e9, speed: 4 } } : {};
        let model = newModel();
        for (const [key, { w, h }] of presses) {
          for (const source of [part, tokens.state]) {
            const lines = frame(sceneOf(statusOf(source, change), model), w, h);
            assert.equal(lines.length, h);
            assert.ok(lines.every((line) => width(line) <= w));
          }
          model = update(model, key, contextOf(sceneOf(statusOf(part, change), model), w, h)).model;
        }
      },
    ),
    { numRuns: cases(60, 600) },
  );
});
