// snapshot - What a snapshot reads from the kernel equals the workload's own statement.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Report } from "../../../collector/report/shape.ts";
import type { Snapshot, SnapshotSocket } from "../../../collector/snapshot/snapshot.ts";
import type { Job } from "../../receive/job/options.ts";
import type { SocketStatement, Statement } from "../../receive/session/statement.ts";
import { lateDifferences } from "../lib/compare.ts";
import { DEADLINE_S, type E2eJob } from "../lib/jobs.ts";
import { nothingLost } from "../lib/kernel-agreement.ts";
import { linesOf, placeOf, type Suite } from "../lib/suite.ts";

/** Around the edges of one, two and three levels of an xarray, of 64 slots each; then many. */
const COUNTS = [0, 1, 63, 64, 65, 4095, 4096, 5000, 300_000];

const JOBS: E2eJob[] = [
  {
    name: "peeks",
    port: 5401,
    connections: COUNTS.length,
    peekTo: COUNTS,
    // A tracer that attaches meanwhile sees some of them returned and the tail received.
    bytes: 300_000,
    tail: 100_000,
    lateReturn: 4000,
  },
  { name: "IPv6", family: "6", port: 5402, connections: 2, leaky: 1, keep: 127 },
  { name: "reset", port: 5404, keep: 61 },
  { name: "orphan", port: 5403, keep: 23, finWait: 5000 },
];

/** Snapshots of receivers with this setting of SO_DEVMEM_AUTORELEASE: each setting keeps tokens in its own way. */
export function snapshot(setting: Job["autorelease"]): Suite {
  const name = setting === "unset" ? "snapshot" : `snapshot option ${setting}`;
  const jobs = JOBS.map((job) => ({ ...job, peer: "peer", autorelease: setting, deadline: DEADLINE_S }));
  return {
    name,
    files: { jobs: jobs.map((job) => `${JSON.stringify(job)}\n`).join("") },
    command: ["scripts/e2e/guest/snapshot", `${placeOf({ name })}/jobs`],
    tests: (output) => snapshotTests(MODES[setting], output),
  };
}

const MODES = { unset: "xarray", "1": "autorelease", "0": "manual" } as const;

function snapshotTests(mode: (typeof MODES)[Job["autorelease"]], output: () => Promise<string>): void {
  let said: Map<string, string[]>;
  let once: Snapshot;
  let watched: Snapshot[];
  let late: Report;
  before(async () => {
    said = byFirstWord(await output());
    once = JSON.parse(said.get("once")?.[0] ?? "");
    late = JSON.parse(said.get("late")?.[0] ?? "");
    watched = (said.get("watch") ?? []).map((line) => JSON.parse(line));
  });
  const statement = (name: string): Statement => {
    const found = (said.get("statement") ?? []).map((line) => JSON.parse(line) as Statement);
    return found.find((one) => one.name === name) as Statement;
  };

  for (const [i, count] of COUNTS.entries())
    test(`${count} tokens`, () => {
      const { pid, dmabufId, sockets } = statement("peeks");
      const stated = sockets[i] as SocketStatement;
      assert.equal((stated.atHold?.issued ?? 0) - (stated.atHold?.returned ?? 0), count);
      const found = once.sockets.filter((socket) => isSame(socket, stated));
      assert.equal(found.length, 1);
      const { fd, comm, holders, netns, inode, ...rest } = found[0] as SnapshotSocket;
      assert.match(comm, /^(node|MainThread)$/); // Node 24 names its first thread
      assert.deepEqual(holders, [{ pid, comm, fd }]);
      // A socket in manual mode keeps its binding when it holds nothing.
      assert.deepEqual(rest, {
        pid,
        family: 4,
        local: stated.local,
        remote: stated.remote,
        state: "established",
        mode,
        dmabufId: count === 0 && mode !== "manual" ? null : dmabufId,
        outstanding: count,
        whole: true,
      });
    });

  for (const [i, count] of COUNTS.entries())
    test(`${count} tokens, and a tracer that attaches late: exact from then on`, () => {
      assert.deepEqual(lateDifferences(statement("peeks").sockets[i] as SocketStatement, late), []);
    });

  test("the late tracer agrees with the kernel", (context) => {
    assert.equal(late.reconciled.differences, 0);
    nothingLost(late, context);
    assert.ok(late.reconciled.times > 1);
  });

  test("the sum, and the binding with its queue and page pool", () => {
    const { dmabufId, dmabufPages, ifname, ifindex } = statement("peeks");
    const sum = COUNTS.reduce((a, b) => a + b);
    assert.equal(once.outstanding, sum);
    assert.equal(once.unread, 0);
    const binding = once.bindings.find(({ id }) => id === dmabufId);
    assert.ok(binding);
    const { pools, inflight, netns, ...rest } = binding;
    assert.deepEqual(rest, { id: dmabufId, ifname, ifindex, queues: [3], outstanding: sum });
    assert.equal(pools.length, 1);
    assert.ok(inflight > 0 && inflight <= dmabufPages, `${inflight} pages out`);
  });

  test("other network namespaces are read too: the sender's ends are there", () => {
    const ends = statement("peeks").sockets.map(({ local, remote }) => `${remote} ${local}`);
    const found = once.sockets.filter(({ local, remote }) => ends.includes(`${local} ${remote}`));
    assert.equal(found.length, ends.length);
    assert.ok(found.every((socket) => socket.outstanding === 0));
  });

  test("IPv6: a watch shows what one of two sockets kept", () => {
    const { pid, sockets } = statement("IPv6");
    for (const stated of sockets) {
      const seen = watched.flatMap((one) => one.sockets.filter((socket) => isSame(socket, stated)));
      // Between close and destroy no process has it open.
      const last = seen.findLast(({ holders }) => holders.length > 0);
      if (stated.heldAtClose > 0) assert.deepEqual([last?.pid, last?.outstanding], [pid, stated.heldAtClose]);
    }
    assert.ok(sockets.some(({ heldAtClose }) => heldAtClose === 127));
  });

  test("closed and not destroyed: no process has it open, and it holds its tokens", () => {
    const [stated] = statement("orphan").sockets as [SocketStatement];
    const seen = watched.flatMap((one) => one.sockets.filter((socket) => isSame(socket, stated)));
    const orphan = seen.at(-1);
    assert.equal(orphan?.state, "fin_wait2");
    assert.deepEqual([orphan?.holders, orphan?.pid, orphan?.outstanding], [[], 0, 23]);
  });

  test("reset but open: in no table of the kernel, and it holds its tokens", () => {
    const { pid, sockets } = statement("reset");
    const seen = watched.flatMap((one) => one.sockets.filter((socket) => isSame(socket, sockets[0])));
    const found = seen.find(({ state }) => state === "close");
    assert.deepEqual([found?.pid, found?.holders.length, found?.outstanding], [pid, 1, 61]);
  });

  test("nothing is left after everything is closed", () => {
    assert.deepEqual(watched.at(-1)?.sockets, []);
    assert.equal(watched.at(-1)?.outstanding, 0);
  });

  test("the table says the same", () => {
    const [headline, , titles, first] = said.get("text") ?? [];
    assert.match(headline ?? "", /313384 tokens outstanding on 8 sockets/);
    assert.match(titles ?? "", /^OUTSTANDING +PID +COMM +FD +LOCAL +REMOTE +STATE +MODE +DMA-BUF$/);
    assert.match(
      first ?? "",
      /^300000 +\d+ +\S+ +\d+ +192\.0\.2\.1:5401 +192\.0\.2\.2:\d+ +established +\w+ +\d+$/,
    );
  });

  test("without root: the sentence and code 4", () => {
    assert.match((said.get("denied") ?? []).join("\n"), /^devmem-trace: .*needs CAP_.*sudo.*\ncode 4$/);
  });
}

function isSame(socket: SnapshotSocket, stated: SocketStatement | undefined): boolean {
  return socket.local === stated?.local && socket.remote === stated.remote;
}

/** The lines that the guest printed, by their first word, without it. */
function byFirstWord(output: string): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const line of linesOf(output)) {
    const word = line.split(" ", 1)[0] as string;
    lines.set(word, [...(lines.get(word) ?? []), line.slice(word.length + 1)]);
  }
  return lines;
}
