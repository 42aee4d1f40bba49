// socket-owners - Who has a socket open: this process's own socket, found by its inode.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import { ownersOf } from "./socket-owners.ts";

/** The descriptor Node keeps to itself. */
function descriptorOf(server: Server): number {
  return (server as unknown as { _handle: { fd: number } })._handle.fd;
}

test("a socket is found with its pid, comm and descriptor; another inode has nobody", async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const fd = descriptorOf(server);
  const inode = statSync(`/proc/self/fd/${fd}`).ino;
  const found = ownersOf(new Set([inode, 1]));
  const comm = readFileSync("/proc/self/comm", "utf8").trim();
  assert.deepEqual(found.get(inode), [{ pid: process.pid, comm, fd }]);
  assert.deepEqual(found.get(1), []);
  server.close();
});
