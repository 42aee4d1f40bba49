// abilities - What a terminal can show, by its environment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { abilities } from "./abilities.ts";

const utf8 = { LANG: "C.UTF-8", TERM: "xterm" };

test("NO_COLOR and TERM=dumb switch colours off", () => {
  assert.deepEqual(abilities(utf8), { colours: true, unicode: true });
  assert.deepEqual(abilities({ ...utf8, NO_COLOR: "1" }), { colours: false, unicode: true });
  assert.deepEqual(abilities({ ...utf8, TERM: "dumb" }), { colours: false, unicode: false });
});

test("TERM=linux and a locale other than UTF-8 limit the screen to ASCII", () => {
  assert.deepEqual(abilities({ ...utf8, TERM: "linux" }), { colours: true, unicode: false });
  assert.deepEqual(abilities({ ...utf8, LC_ALL: "C" }), { colours: true, unicode: false });
});
