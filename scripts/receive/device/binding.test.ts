// binding - bind-rx, byte for byte as the kernel expects it.
import assert from "node:assert/strict";
import test from "node:test";
import { bindRxAttributes } from "./binding.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("bind-rx names device, queues and dma-buf", () => {
  const bytes = Buffer.concat(bindRxAttributes(2, [3], 21));
  assert.equal(
    hex(bytes),
    ["0800010002000000", "14000280", "0800010003000000", "0800030000000000", "0800030015000000"].join(""),
  );
});

test("each queue is an attribute of its own", () => {
  const one = Buffer.concat(bindRxAttributes(2, [3], 21)).length;
  const two = Buffer.concat(bindRxAttributes(2, [2, 3], 21)).length;
  assert.equal(two - one, 20);
});
