// native - The C library's calls on this machine: results and errors.
import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import test from "node:test";
import { errnoName } from "../base/errno.ts";
import * as native from "./native.ts";

test("a failed call is an error with its name and its errno's", () => {
  assert.throws(() => native.socket(1000, 1, 0), { code: "EAFNOSUPPORT", syscall: "socket" });
});

test("setOption answers with the negative errno", () => {
  const fd = native.memfdCreate("test", 1);
  assert.equal(errnoName(-native.setOption(fd, 1, 80, native.pinned(8), 8)), "ENOTSOCK");
  fs.closeSync(fd);
});

test("a duplicate outlives the first", () => {
  const first = native.memfdCreate("test", 1);
  const second = native.dup(first);
  fs.closeSync(first);
  fs.ftruncateSync(second, 10);
  assert.equal(fs.fstatSync(second).size, 10);
  fs.closeSync(second);
});

test("accept, poll and recvmsg carry bytes and report the end", async () => {
  const listener = native.socket(2, 1 | 0o4000 | 0o2000000, 0);
  const port = 40000 + (process.pid % 10000);
  native.bind(listener, Uint8Array.from([2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
  native.listen(listener, 1);
  assert.throws(() => native.accept(listener, 0), { code: "EAGAIN" });
  const client = net.connect(port, "127.0.0.1");
  await once(client, "connect");
  const { fd, address } = native.accept(listener, 0o4000);
  assert.equal(native.formatAddress(2, address.subarray(4, 8)), "127.0.0.1");
  const message = new native.Message(64, 64);
  assert.equal(errnoName(-message.receive(fd, 0)), "EAGAIN");
  client.end("hello");
  await once(client, "finish");
  const readable = new native.PollSet([fd]);
  assert.equal(readable.wait(5000), 1);
  assert.ok(readable.ready(0));
  assert.equal(message.receive(fd, 0), 5);
  assert.equal(Buffer.from(message.data).toString("utf8", 0, 5), "hello");
  assert.deepEqual([message.controlLength, message.flags], [0, 0]);
  assert.equal(readable.wait(5000), 1);
  assert.equal(message.receive(fd, 0), 0);
  readable.drop(0);
  assert.equal(readable.wait(0), 0);
  fs.closeSync(fd);
  fs.closeSync(listener);
  client.destroy();
});
