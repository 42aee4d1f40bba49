// netdev - The netdev family's answers, as the kernel lays them out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readPool, readQueue } from "./netdev.ts";
import { readAttributes, u32 } from "./netlink.ts";

const answer = (...fields: [number, number][]) =>
  readAttributes(Buffer.concat(fields.map(([type, value]) => u32(type, value))));

test("a queue with a dma-buf is read with its id, device and dma-buf", () => {
  assert.deepEqual(readQueue(answer([2, 7], [1, 3], [3, 0], [4, 8201], [5, 12])), [
    { id: 3, ifindex: 7, dmabufId: 12 },
  ]);
});

test("queues without a dma-buf, and queues that send, are left out", () => {
  assert.deepEqual(readQueue(answer([2, 7], [1, 3], [3, 0])), []);
  assert.deepEqual(readQueue(answer([2, 7], [1, 3], [3, 1], [5, 12])), []);
});

test("a page pool of a dma-buf: in use, then detached, then without its device", () => {
  const pool = { id: 9, ifindex: 7, dmabufId: 12, inflight: 320 };
  assert.deepEqual(readPool(answer([1, 9], [2, 7], [4, 320], [7, 12])), [{ ...pool, detachedAt: null }]);
  assert.deepEqual(readPool(answer([1, 9], [2, 7], [4, 320], [6, 55], [7, 12])), [
    { ...pool, detachedAt: 55 },
  ]);
  assert.deepEqual(readPool(answer([1, 9], [4, 320], [6, 55], [7, 12])), [
    { ...pool, ifindex: null, detachedAt: 55 },
  ]);
});

test("a page pool of ordinary pages is left out", () => {
  assert.deepEqual(readPool(answer([1, 9], [2, 7], [4, 320])), []);
});
