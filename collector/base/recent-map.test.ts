// recent-map - The newest entries are known, and memory does not grow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { getRecent, newRecentMap, setRecent } from "./recent-map.ts";

test("the newest entries are known with their last value, and no more than two halves of them", () => {
  const map = newRecentMap<number, number>();
  for (let i = 0; i < 1000; i++) {
    setRecent(map, i % 137, i, 61);
    assert.ok(map.newer.size + map.older.size <= 122);
    for (let back = 0; back < Math.min(61, i + 1); back++)
      assert.equal(getRecent(map, (i - back) % 137), i - back);
  }
  assert.equal(getRecent(map, 137), undefined);
});
