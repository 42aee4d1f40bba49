// processes - A process is reported once, and again when its pid belongs to another one.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Event } from "../events/event.ts";
import { Processes } from "./processes.ts";

const root = mkdtempSync(join(tmpdir(), "devmem-trace-processes-"));

function isPid(pid: number, comm: string, started: number, cgroup: string): void {
  mkdirSync(join(root, String(pid)), { recursive: true });
  const before = Array.from({ length: 18 }, (_, i) => i).join(" ");
  writeFileSync(join(root, `${pid}/stat`), `${pid} (${comm}) S ${before} ${started} 0 0\n`);
  writeFileSync(join(root, `${pid}/cgroup`), `12:memory:/old\n0::${cgroup}\n`);
}

const bind = (t: number, pid: number): Event => ({
  kind: "bind",
  t,
  binding: "b",
  dmabuf: 1,
  bytes: 4096,
  shift: 12,
  ifindex: 2,
  ifname: "x",
  netns: 1,
  pid,
  comm: "y",
});

test("a process is reported when its pid is first named, and again when the pid belongs to another one", () => {
  const processes = new Processes(root);
  isPid(7, "a) (b 1 2", 100, "/pod one");
  const first = { kind: "process", t: 1, pid: 7, started: 100, cgroup: "/pod one" };
  assert.deepEqual(processes.namedFirstBy(bind(1, 7)), first);
  assert.equal(processes.namedFirstBy(bind(2, 7)), null);
  isPid(7, "other", 200, "/pod two");
  assert.deepEqual(processes.namedFirstBy(bind(3, 7)), { ...first, t: 3, started: 200, cgroup: "/pod two" });
});

test("an event that names nobody, or a process that is gone, reports none", () => {
  const processes = new Processes(root);
  assert.equal(processes.namedFirstBy({ kind: "tick", t: 1 }), null);
  rmSync(join(root, "9"), { recursive: true, force: true });
  assert.equal(processes.namedFirstBy(bind(1, 9)), null);
});
