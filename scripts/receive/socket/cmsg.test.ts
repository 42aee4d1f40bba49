// cmsg - Control buffers as the kernel fills them.
import assert from "node:assert/strict";
import test from "node:test";
import { CMSG_SPACE, Issue, readIssue } from "./cmsg.ts";

/** One cmsg with a struct dmabuf_cmsg. */
function cmsg(type: number, { size = 4096, token = 0, id = 5, level = 1 }): Buffer {
  const bytes = Buffer.alloc(CMSG_SPACE);
  bytes.writeBigUInt64LE(40n, 0);
  bytes.writeInt32LE(level, 8);
  bytes.writeInt32LE(type, 12);
  bytes.writeUInt32LE(size, 24);
  bytes.writeUInt32LE(token, 28);
  bytes.writeUInt32LE(id, 32);
  return bytes;
}

function read(issue: Issue, ...parts: Buffer[]): Issue {
  const bytes = new Uint8Array(Buffer.concat(parts));
  readIssue(new DataView(bytes.buffer), bytes.length, issue);
  return issue;
}

test("tokens, dma-buf bytes and linear bytes are kept apart", () => {
  const parts = [cmsg(78, { size: 100 }), cmsg(79, { token: 1 }), cmsg(79, { token: 2 ** 31 - 1, size: 7 })];
  const issue = read(new Issue(8), ...parts);
  assert.deepEqual([...issue.tokens.subarray(0, issue.count)], [1, 2 ** 31 - 1]);
  assert.equal(issue.dmabufBytes, 4103);
  assert.deepEqual([issue.linearCmsgs, issue.linearBytes, issue.dmabufId], [1, 100, 5]);
});

test("what is not devmem's is passed over", () => {
  const timestamp = Buffer.alloc(32);
  timestamp.writeBigUInt64LE(32n, 0);
  timestamp.writeInt32LE(1, 8);
  timestamp.writeInt32LE(29, 12);
  const issue = read(new Issue(8), timestamp, cmsg(79, { token: 9, level: 6 }), cmsg(79, { token: 3 }));
  assert.deepEqual([...issue.tokens.subarray(0, issue.count)], [3]);
});

test("the last call's tokens are forgotten", () => {
  const issue = read(new Issue(8), cmsg(79, { token: 1 }));
  assert.equal(read(issue).count, 0);
});

test("a length that leads nowhere ends the reading", () => {
  const broken = cmsg(79, { token: 1 });
  broken.writeBigUInt64LE(8n, 0);
  assert.equal(read(new Issue(8), broken, cmsg(79, { token: 2 })).count, 0);
});
