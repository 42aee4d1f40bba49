// picture - The pictures of the README and docs show what the screen shows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PICTURES, take } from "../../picture/picture.ts";

for (const picture of PICTURES)
  test(`${picture.file} is up to date`, async () => {
    assert.equal(await take(picture), readFileSync(picture.file, "utf8"), "npm run picture writes it again");
  });
