// evidence - What is missing is said as it happens, in the report by kind, and goes no further than it can reach.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../events/event.ts";
import { lineFor } from "../report/event-lines.ts";
import { reportOf } from "../report/report.ts";
import type { Report } from "../report/shape.ts";
import { reportText } from "../report/text.ts";
import { HEADER } from "../testing/kernel.ts";
import { apply, newLedger } from "./ledger.ts";

const S = 1e9;
const BOUND = {
  binding: "b0",
  dmabuf: 1,
  bytes: 1 << 24,
  shift: 12,
  ifindex: 2,
  ifname: "devmem0",
  netns: 1,
};
const ENDS = { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: 40000 };
const WHO = { pid: 7, comm: "receive" };

const bind: Event = { kind: "bind", t: 1, ...BOUND, ...WHO };
const first = (t: number, born: number, before: number): Event => ({
  ...{ kind: "socket", t, sk: "s0", born, ...BOUND, issued: 0, before },
  ...{ ...ENDS, ...WHO },
});
const count = (t: number, born: number, issued: number, returned: number): Event => ({
  ...{ kind: "count", t, sk: "s0", born, issued, returned, linear: 0, closed: 0 },
});
const close = (t: number, born: number, issued: number, returned: number, xa: number): Event => ({
  ...{ kind: "close", t, sk: "s0", born, issued, returned, linear: 0, xa, bytes: 0 },
  ...{ ...ENDS, ...WHO },
});
const lost = (t: number, what: "bpftrace" | "map" | "skipped", n: number, detail = ""): Event => ({
  ...{ kind: "lost", t, count: n, what, detail },
});
const gap: Event = { kind: "gap", t: 4 * S, from: 3 * S, detail: "bpftrace was ended by SIGKILL." };
const end = (t: number): Event => ({ kind: "end", t, reason: "stopped", detail: "" });
const sums = (t: number, kept: number, last: number): Event => ({
  ...{ kind: "sums", t, kept, unbound: 0, freed: 0, last },
});

function tell(events: Event[]): { said: string[]; report: Report } {
  const ledger = newLedger(HEADER);
  const said = events.flatMap((event) => {
    return lineFor(ledger, event, apply(ledger, event))?.trim() ?? [];
  });
  return { said, report: reportOf(ledger) };
}

test("each kind of what is missing is said at once, and named in the report", () => {
  const { said, report } = tell([
    ...[bind, lost(2 * S, "bpftrace", 5), lost(2 * S, "map", 1)],
    lost(2 * S, "skipped", 2, "fentry:tcp_close"),
    ...([
      gap,
      { kind: "resumed", t: 6 * S },
      { kind: "stall", t: 12 * S, silent: 5 * S },
      end(13 * S),
    ] as Event[]),
  ]);
  assert.deepEqual(said.slice(1), [
    "2.000  LOST 5 events: ring buffer full",
    "2.000  LOST 1 event: kernel map full",
    "2.000  LOST 2 events: probe runs skipped: fentry:tcp_close",
    "4.000  NOT TRACED since 3.000 s: bpftrace was ended by SIGKILL. Attaching again.",
    "6.000  TRACED again; what happened meanwhile is not known",
    "12.000  SILENT: no word of bpftrace for 5 s, though it runs: the screen is behind",
    "13.000  trace ended",
  ]);
  assert.deepEqual(
    [report.lost, report.lostBy],
    [8, { bpftrace: 5, parse: 0, map: 1, skipped: 2, unkept: 0 }],
  );
  const text = reportText(report).join("\n");
  assert.match(text, /8 events lost \(5 ring buffer full, 1 kernel map full, 2 probe runs skipped\)/);
  assert.match(text, /^probe runs the kernel skipped: 2 of fentry:tcp_close$/m);
  assert.match(text, /^nothing was traced from 3\.000 s to 6\.000 s: bpftrace was ended by SIGKILL$/m);
  assert.equal(report.verdict, "inconclusive");
});

test("a socket met again after a gap goes on with what its xarray says it holds", () => {
  const { report } = tell([
    ...[
      bind,
      first(1 * S, 1 * S, 0),
      count(2 * S, 1 * S, 40, 10),
      gap,
      { kind: "resumed", t: 6 * S } as Event,
    ],
    ...[first(7 * S, 7 * S, 23), close(8 * S, 7 * S, 5, 5, 1), end(9 * S)],
  ]);
  const [socket, ...more] = report.sockets;
  assert.deepEqual(more, []);
  assert.deepEqual([socket?.verdict, socket?.heldAtClose, socket?.issued], ["lingering", 23, 45]);
  assert.equal(report.verdict, "leak");
});

test("a socket not met again is inconclusive, unless its close tells of its xarray", () => {
  const before = [
    bind,
    first(1 * S, 1 * S, 0),
    count(2 * S, 1 * S, 40, 40),
    gap,
    { kind: "resumed", t: 6 * S } as Event,
  ];
  const [open] = tell([...before, end(9 * S)]).report.sockets;
  assert.equal(open?.verdict, "inconclusive");
  assert.match(open?.why ?? "", /nothing was traced from 3\.000 s to 6\.000 s/);
  const [closed] = tell([...before, close(8 * S, 0, 0, 0, 1), end(9 * S)]).report.sockets;
  assert.equal(closed?.verdict, "lingering");
  assert.match(closed?.why ?? "", /the kernel's own xarray says/);
});

test("lost lines hide no leak once the kernel's totals say that there was none, and do until then", () => {
  const lossy = [bind, first(1 * S, 1 * S, 0), lost(3 * S, "bpftrace", 9)];
  assert.equal(tell([...lossy, sums(2 * S, 0, 0), end(4 * S)]).report.verdict, "inconclusive");
  const { report } = tell([...lossy, sums(4 * S, 0, 1), count(4 * S, 1 * S, 9, 9), end(5 * S)]);
  assert.deepEqual([report.verdict, report.sockets[0]?.verdict], ["clean", "open"]);
  assert.match(
    report.why,
    /9 events lost .* by the kernel's own count no socket closed while holding tokens/,
  );
});

test("a close that held tokens is a leak, though every line of it is lost", () => {
  const { report } = tell([bind, lost(3 * S, "bpftrace", 9), sums(4 * S, 1, 0), end(5 * S)]);
  assert.equal(report.verdict, "leak");
  assert.match(report.why, /1 close of a socket holding tokens counted in the kernel, its line lost/);
});

test("a skipped run makes the sums of the sockets open then doubtful, unless its program only prints", () => {
  const counted = (program: string) =>
    tell([
      ...[bind, first(S, S, 0), { kind: "tick", t: 2 * S } as Event, lost(3 * S, "skipped", 1, program)],
      ...[count(4 * S, S, 10, 10), close(5 * S, S, 10, 10, 0), end(6 * S)],
    ]).report.sockets[0]?.why;
  assert.match(counted("fentry:tcp_xa_pool_commit_locked") ?? "", /1 probe run skipped by the kernel/);
  assert.match(counted("kprobe:tcp_close") ?? "", /1 probe run skipped by the kernel/);
  assert.doesNotMatch(counted("fentry:tcp_close") ?? "", /skipped by the kernel in its life/);
});

test("a close whose probe was skipped keeps its numbers, and says that nobody saw who closed it", () => {
  const destroy: Event = {
    kind: "destroy",
    t: 5 * S,
    sk: "s0",
    born: S,
    issued: 9,
    returned: 4,
    linear: 0,
    closed: 0,
    xa: 0,
  };
  const { report } = tell([
    bind,
    first(S, S, 0),
    lost(3 * S, "skipped", 1, "fentry:tcp_close"),
    destroy,
    end(6 * S),
  ]);
  const { closePid, heldAtClose, reclaimed, verdict } = report.sockets[0] ?? {};
  assert.deepEqual([closePid, heldAtClose, reclaimed, verdict], [0, 5, 5, "reclaimed"]);
  assert.match(reportText(report).join("\n"), /^ +its close was not seen: who closed it is not known$/m);
});

test("a reading that comes after the close, when nobody has the socket open, leaves who closed it", () => {
  const nobody = { ...first(S, S, 0), pid: 0, comm: "" } as Event;
  const { report } = tell([bind, close(2 * S, S, 0, 0, 1), nobody, end(6 * S)]);
  assert.equal(report.sockets[0]?.pid, WHO.pid);
});

test("a close that was left to the tracer, which had the file open, is the receiver's", () => {
  const { report } = tell([bind, first(S, S, 0), { ...close(2 * S, S, 5, 5, 0), pid: 0, comm: "" } as Event]);
  const { closePid, closeComm } = report.sockets[0] ?? {};
  assert.deepEqual({ pid: closePid, comm: closeComm }, WHO);
});
