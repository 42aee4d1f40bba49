// netlink - Requests byte for byte as the kernel expects them, answers as it sends them.
import assert from "node:assert/strict";
import test from "node:test";
import * as netlink from "./netlink.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("a request has both headers and its own length", () => {
  const bytes = netlink.request(0x10, 3, 7, [netlink.text(2, "netdev")]);
  assert.equal(
    hex(bytes),
    `20000000${"1000"}${"0500"}07000000${"00000000"}03010000${"0b000200"}6e657464657600${"00"}`,
  );
});

/** One message of the given type, with a body. */
function message(type: number, flags: number, body: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(16), body]);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(5, 8);
  return bytes;
}

function errorBody(errno: number, ...rest: Uint8Array[]): Buffer {
  const code = Buffer.alloc(4);
  code.writeInt32LE(-errno);
  return Buffer.concat([code, ...rest]);
}

test("an answer and its acknowledgement in one read", () => {
  const answer = message(30, 0, Buffer.concat([Buffer.alloc(4), netlink.u32(4, 77)]));
  const [data, end] = netlink.readReplies(
    Buffer.concat([answer, message(2, 0x100, errorBody(0, Buffer.alloc(16)))]),
  );
  assert.equal(data?.kind === "data" && data.attributes.get(4)?.readUInt32LE(), 77);
  assert.deepEqual(end, { kind: "end", sequence: 5, errno: 0, message: null });
});

test("an error has the kernel's own sentence, after a capped or a whole echo of the request", () => {
  const sentence = netlink.text(1, "tcp-data-split is disabled");
  const capped = message(2, 0x300, errorBody(22, Buffer.alloc(16), sentence));
  const echo = netlink.request(30, 13, 5, [netlink.u32(1, 2)]);
  const whole = message(2, 0x200, errorBody(22, echo, sentence));
  for (const bytes of [capped, whole])
    assert.deepEqual(netlink.readReplies(bytes), [
      { kind: "end", sequence: 5, errno: 22, message: "tcp-data-split is disabled" },
    ]);
});

test("a message cut off is left out", () => {
  const bytes = message(30, 0, Buffer.alloc(12));
  assert.deepEqual(netlink.readReplies(bytes.subarray(0, 20)), []);
});

test("a dump is requested with its flag and ends with NLMSG_DONE", () => {
  assert.equal(netlink.request(30, 10, 3, [], netlink.NLM_F_DUMP).readUInt16LE(6), 0x301);
  const one = message(30, 2, Buffer.concat([Buffer.alloc(4), netlink.u32(1, 5)]));
  const done = message(3, 2, errorBody(0));
  const replies = netlink.readReplies(Buffer.concat([one, one, done]));
  assert.deepEqual(
    replies.map((reply) => reply.kind),
    ["data", "data", "end"],
  );
  assert.deepEqual(netlink.readReplies(message(3, 2, errorBody(95))), [
    { kind: "end", sequence: 5, errno: 95, message: null },
  ]);
});

test("integers come in the length the kernel chose", () => {
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64LE(2n ** 33n);
  assert.deepEqual(
    [Buffer.of(7), Buffer.of(1, 2), Buffer.of(1, 0, 0, 1), eight, undefined, Buffer.alloc(3)].map(
      netlink.unsigned,
    ),
    [7, 513, 16777217, 2 ** 33, null, null],
  );
});
