// snapshot - What a snapshot reads from the kernel equals the workload's own statement.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../../../collector/report/shape.ts";
import type { Snapshot, SnapshotSocket } from "../../../collector/snapshot/snapshot.ts";
import { ALL } from "../../../collector/testing/gauntlet.ts";
import type { Job } from "../../receive/job/options.ts";
import type { SocketStatement, Statement } from "../../receive/session/statement.ts";
import { lateDifferences } from "../lib/compare.ts";
import { DEADLINE_S, type E2eJob } from "../lib/jobs.ts";
import { nothingLost } from "../lib/kernel-agreement.ts";
import { linesOf, placeOf, type Suite, whenRead } from "../lib/suite.ts";

/** Around the edges of one, two and three levels of an xarray, of 64 slots each; then many: with --all beyond a fourth level's edge. */
const IN_XARRAY = [0, 1, 63, 64, 65, 4095, 4096, 5000, ALL ? 300_000 : 20_000];
/** A counter has no levels. */
const IN_COUNTER = [0, 1, 5000];

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count);

const jobsWith = (counts: number[]): E2eJob[] => [
  {
    name: "peeks",
    port: 5401,
    connections: counts.length,
    peekTo: counts,
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
  const mode = MODES[setting];
  const jobs = jobsWith(COUNTS[mode]).map((job) => ({
    ...job,
    peer: "peer",
    autorelease: setting,
    deadline: DEADLINE_S,
  }));
  return {
    name,
    files: { jobs: jobs.map((job) => `${JSON.stringify(job)}\n`).join("") },
    command: ["scripts/e2e/guest/snapshot", `${placeOf({ name })}/jobs`],
    tests: (output) => snapshotTests(mode, output),
  };
}

const MODES = { unset: "xarray", "1": "autorelease", "0": "manual" } as const;

type Mode = (typeof MODES)[Job["autorelease"]];

/** Tokens that the sockets of the first job hold. */
const COUNTS: Readonly<Record<Mode, number[]>> = {
  xarray: IN_XARRAY,
  autorelease: IN_XARRAY,
  manual: IN_COUNTER,
};

/** What the guest printed. */
interface Seen {
  statements: Statement[];
  once: Snapshot;
  watched: Snapshot[];
  late: Report;
  /** Of the table, and of the run without root. */
  text: string[];
  denied: string[];
}

function seenIn(output: string): Seen {
  const lines = byFirstWord(output);
  const of = (word: string) => lines.get(word) ?? [];
  return {
    statements: of("statement").map((line) => JSON.parse(line)),
    once: JSON.parse(of("once")[0] ?? ""),
    watched: of("watch").map((line) => JSON.parse(line)),
    late: JSON.parse(of("late")[0] ?? ""),
    text: of("text"),
    denied: of("denied"),
  };
}

function snapshotTests(mode: Mode, output: () => Promise<string>): void {
  const seen = whenRead(output, seenIn);
  for (const [i, count] of COUNTS[mode].entries()) test(`${count} tokens`, () => isRead(seen(), mode, i));
  test("the sum, and the binding with its queue and page pool", () => isBound(seen(), mode));
  test("other network namespaces are read too: the sender's ends are there", () => hasSenders(seen()));
  lateTests(seen, mode);
  watchTests(seen);
  test("the table shows the same", () => isTable(seen().text, mode));
  test("without root: the sentence and code 4", () =>
    assert.match(seen().denied.join("\n"), /^devmem-trace: .*needs CAP_.*sudo.*\ncode 4$/));
}

function statementOf({ statements }: Seen, name: string): Statement {
  return statements.find((one) => one.name === name) ?? assert.fail("the workload made no statement");
}

/** The row of the `i`th socket, which holds COUNTS[mode][i] tokens. */
function isRead(seen: Seen, mode: Mode, i: number): void {
  const { pid, dmabufId, sockets } = statementOf(seen, "peeks");
  const [count, stated] = [COUNTS[mode][i], sockets[i] as SocketStatement];
  assert.equal((stated.atHold?.issued ?? 0) - (stated.atHold?.returned ?? 0), count);
  const found = seen.once.sockets.filter((socket) => isSame(socket, stated));
  assert.equal(found.length, 1);
  const { fd, comm, holders, netns, inode, ...rest } = found[0] as SnapshotSocket;
  assert.match(comm, /^(node|MainThread)$/); // Node 24 names its first thread
  assert.deepEqual(holders, [{ pid, comm, fd }]);
  assert.deepEqual(rest, {
    pid,
    family: 4,
    local: stated.local,
    remote: stated.remote,
    state: "established",
    mode,
    // A socket in manual mode keeps its binding when it holds nothing.
    dmabufId: count === 0 && mode !== "manual" ? null : dmabufId,
    outstanding: count,
    whole: true,
  });
}

function isBound(seen: Seen, mode: Mode): void {
  const sum = sumOf(COUNTS[mode]);
  const { dmabufId, dmabufPages, ifname, ifindex } = statementOf(seen, "peeks");
  assert.deepEqual([seen.once.outstanding, seen.once.unread], [sum, 0]);
  const binding = seen.once.bindings.find(({ id }) => id === dmabufId);
  assert.ok(binding);
  const { pools, inflight, netns, ...rest } = binding;
  assert.deepEqual(rest, { id: dmabufId, ifname, ifindex, queues: [3], outstanding: sum });
  assert.equal(pools.length, 1);
  assert.ok(inflight > 0 && inflight <= dmabufPages, `${inflight} pages out`);
}

function hasSenders(seen: Seen): void {
  const ends = statementOf(seen, "peeks").sockets.map(({ local, remote }) => `${remote} ${local}`);
  const found = seen.once.sockets.filter(({ local, remote }) => ends.includes(`${local} ${remote}`));
  assert.equal(found.length, ends.length);
  assert.ok(found.every((socket) => socket.outstanding === 0));
}

function lateTests(seen: () => Seen, mode: Mode): void {
  for (const [i, count] of COUNTS[mode].entries())
    test(`${count} tokens, and a tracer that attaches late: exact from then on`, () => {
      const stated = statementOf(seen(), "peeks").sockets[i] as SocketStatement;
      assert.deepEqual(lateDifferences(stated, seen().late), []);
    });
  test("the late tracer agrees with the kernel", (context) => {
    const { late } = seen();
    assert.equal(late.reconciled.differences, 0);
    nothingLost(late, context);
    assert.ok(late.reconciled.times > 1);
  });
}

/** The rows of a socket in the snapshots of the watch, oldest first. */
function rowsOf({ watched }: Seen, stated: SocketStatement | undefined): SnapshotSocket[] {
  return watched.flatMap((one) => one.sockets.filter((socket) => isSame(socket, stated)));
}

function watchTests(seen: () => Seen): void {
  test("IPv6: a watch shows what one of two sockets kept", () => {
    const { pid, sockets } = statementOf(seen(), "IPv6");
    const [leaky] = sockets.filter(({ heldAtClose }) => heldAtClose === 127);
    // Between close and destroy no process has it open.
    const last = rowsOf(seen(), leaky).findLast(({ holders }) => holders.length > 0);
    assert.deepEqual([last?.pid, last?.outstanding], [pid, 127]);
  });
  test("closed and not destroyed: no process has it open, and it holds its tokens", () => {
    const orphan = rowsOf(seen(), statementOf(seen(), "orphan").sockets[0]).at(-1);
    assert.equal(orphan?.state, "fin_wait2");
    assert.deepEqual([orphan?.holders, orphan?.pid, orphan?.outstanding], [[], 0, 23]);
  });
  test("reset but open: in no table of the kernel, and it holds its tokens", () => {
    const { pid, sockets } = statementOf(seen(), "reset");
    const found = rowsOf(seen(), sockets[0]).find(({ state }) => state === "close");
    assert.deepEqual([found?.pid, found?.holders.length, found?.outstanding], [pid, 1, 61]);
  });
  test("nothing is left after everything is closed", () => {
    const last = seen().watched.at(-1);
    assert.deepEqual([last?.sockets, last?.outstanding], [[], 0]);
  });
}

function isTable([headline, , titles, first]: string[], mode: Mode): void {
  const counts = COUNTS[mode];
  const outstanding = `${sumOf(counts)} tokens outstanding on ${counts.length - 1} sockets`;
  assert.ok(headline?.includes(outstanding), headline);
  assert.match(titles ?? "", /^OUTSTANDING +PID +COMM +FD +LOCAL +REMOTE +STATE +MODE +DMA-BUF$/);
  assert.match(
    first ?? "",
    /^\d+ +\d+ +\S+ +\d+ +192\.0\.2\.1:5401 +192\.0\.2\.2:\d+ +established +\w+ +\d+$/,
  );
  assert.equal(Number.parseInt(first ?? "", 10), counts.at(-1));
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
