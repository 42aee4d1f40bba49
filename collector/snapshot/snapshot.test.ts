// snapshot - What the kernel answered, put together: real lines of probes/snapshot.bt, and who has what open.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { SocketOwner } from "../kernel/socket-owners.ts";
import { address, type HeldLine, type Network, readHeldLine, snapshotOf } from "./snapshot.ts";
import { snapshotText } from "./text.ts";

const kernel = { release: "6.12", variant: "xarray" } as const;
const lines = readFileSync(new URL("testdata/snapshot.held", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const held = lines.map(readHeldLine) as HeldLine[];

interface Given {
  networks?: Network[];
  owners?: Map<number, SocketOwner[]>;
  all?: boolean;
  unread?: number;
}

function taken(
  lines: HeldLine[],
  { networks = [], owners = new Map(), all = false, unread = 0 }: Given = {},
) {
  return snapshotOf(kernel, "2026-11-23T07:40:00.000Z", { networks, held: lines, unread }, { owners, all });
}

test("every line of a real snapshot is read; the most tokens come first", () => {
  const { sockets, outstanding, others } = taken(held);
  assert.deepEqual(
    sockets.map((socket) => socket.outstanding),
    [300_000, 5000, 4096, 4095, 65, 64, 63, 1],
  );
  assert.equal(outstanding, 313_384);
  assert.equal(others, held.length - sockets.length);
  assert.equal(taken(held, { all: true }).sockets.length, held.length);
});

test("a line that is torn or of another form is not read", () => {
  const [line = ""] = lines;
  assert.equal(readHeldLine(line.slice(0, -20).replace(/ [^ ]*$/, "")), null);
  assert.equal(readHeldLine(line.replace("held=", "held=x")), null);
  assert.equal(readHeldLine(line.replace("held ", "tick ")), null);
  assert.equal(readHeldLine(""), null);
});

test("addresses as people write them", () => {
  assert.deepEqual(address("c0000201:5201"), ["192.0.2.1", 5201]);
  assert.deepEqual(address("20010db8000000000000000000000001:5402"), ["2001:db8::1", 5402]);
  assert.deepEqual(address("00000000000000000000000000000001:80"), ["::1", 80]);
});

test("a socket open in two processes is listed once with both", () => {
  const [line] = held.filter((one) => one.held === 300_000) as [HeldLine];
  const both = [
    { pid: 7, comm: "node", fd: 30 },
    { pid: 9, comm: "cat", fd: 3 },
  ];
  const snapshot = taken([line], { owners: new Map([[line.inode, both]]) });
  const [socket] = snapshot.sockets;
  assert.deepEqual([socket?.pid, socket?.comm, socket?.fd, socket?.holders], [7, "node", 30, both]);
  assert.match(snapshotText(snapshot).join("\n"), /300000 +7 +node +30 and 1 more +192\.0\.2\.1/);
});

test("a socket that nobody has open, one with more tokens than were counted, and unreadable lines are shown as such", () => {
  const line = { ...(held[0] as HeldLine), held: 1_000_000, whole: 0, inode: 0, state: 5 };
  const text = snapshotText(taken([line], { unread: 2 })).join("\n");
  assert.match(text, /1000000 or more +- +- +- +192\.0\.2\.1:\d+ +192\.0\.2\.2:\d+ +fin_wait2/);
  assert.match(text, /2 lines of the kernel's answer could not be read/);
});

test("a binding: its queues and pools; unbound, only a detached pool is left; tokens are counted", () => {
  const id = (held.find((line) => line.held > 0) as HeldLine).dmabuf;
  const pool = { id: 40, ifindex: 2, dmabufId: id, inflight: 90, detachedAt: null };
  const other = { id: 41, ifindex: 2, dmabufId: 99, inflight: 23, detachedAt: 55 };
  const device: Network = {
    netns: 1,
    queues: [{ id: 3, ifindex: 2, dmabufId: id }],
    pools: [pool, other],
    names: new Map([[2, "devmem0"]]),
  };
  const { bindings } = taken(held, { networks: [device] });
  const common = { netns: 1, ifname: "devmem0", ifindex: 2 };
  assert.deepEqual(bindings, [
    {
      ...common,
      id,
      queues: [3],
      inflight: 90,
      outstanding: 313_384,
      pools: [{ id: 40, inflight: 90, detachedAt: null }],
    },
    {
      ...common,
      id: 99,
      queues: [],
      inflight: 23,
      outstanding: 0,
      pools: [{ id: 41, inflight: 23, detachedAt: 55 }],
    },
  ]);
  assert.match(
    snapshotText(taken([], { networks: [device] })).join("\n"),
    /99 +devmem0 +unbound +0 +23 +41: 23 \(detached\)/,
  );
});

test("a comm that would move the cursor is shown without doing so", () => {
  const [line] = held.filter((one) => one.held === 1) as [HeldLine];
  const evil = [{ pid: 7, comm: "\u001b[2Jx", fd: 3 }];
  const text = snapshotText(taken([line], { owners: new Map([[line.inode, evil]]) }));
  assert.ok(!text.join("").includes("\u001b"));
});
