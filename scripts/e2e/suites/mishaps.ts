// mishaps - What can happen to a tracer, done to it: the verdict is right, or inconclusive with a reason.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report, ReportSocket } from "../../../collector/report/shape.ts";
import type { Statement } from "../../receive/session/statement.ts";
import { linesOf, type Suite, whenRead } from "../lib/suite.ts";

type Said = Record<string, string>;

/** Output lines of guest/mishaps, by case and key. */
function read(output: string): Record<string, Said> {
  const cases: Record<string, Said> = {};
  for (const line of linesOf(output)) {
    const [name = "", key = "", said = ""] = line.split("\t");
    cases[name] ??= {};
    (cases[name] as Said)[key] = said.replace(/\|$/, "");
  }
  return cases;
}

/** The workload's statement among the messages. */
function stated(said: string | undefined): Statement {
  const found = /\{"statement".*\}/.exec(said ?? "")?.[0];
  assert.ok(found, `the workload made no statement: ${said}`);
  return JSON.parse(found);
}

function reported(said: Said, key = "report"): Report {
  assert.ok(said[key], `no report: ${JSON.stringify(said)}`);
  return JSON.parse(said[key]);
}

/** The rows of a statement's sockets; one each. */
function rowsOf(report: Report, statement: Statement): ReportSocket[] {
  return statement.sockets.map(({ local, remote }) => {
    const rows = report.sockets.filter((s) => s.local === local && s.remote === remote);
    assert.equal(rows.length, 1, `${remote}: ${rows.length} rows`);
    return rows[0] as ReportSocket;
  });
}

/** Every number of the statement is in the report. */
function assertExact(report: Report, statement: Statement): ReportSocket[] {
  const rows = rowsOf(report, statement);
  for (const [i, row] of rows.entries()) {
    const socket = statement.sockets[i];
    const numbers = [row.issued, row.returned, row.heldAtClose];
    assert.deepEqual(numbers, [socket?.issued, socket?.returned, socket?.heldAtClose]);
    assert.equal(row.verdict, socket?.heldAtClose ? "reclaimed" : "clean");
  }
  return rows;
}

/** Its rows: several where a gap divides its life, none where all of it is in a gap. */
function rowsSaidOf(report: Report, { sockets: [socket] }: Statement): ReportSocket[] {
  return report.sockets.filter(({ remote }) => remote === socket?.remote);
}

/** What was not traced may be missing in the numbers, but the verdict is right or inconclusive. */
function assertNotFalse(row: ReportSocket, { sockets: [socket] }: Statement): void {
  assert.notEqual(row.verdict, "clean", "it held tokens to the end");
  if (row.closedAt === null) assert.match(row.verdict, /^(open|inconclusive)$/);
  if (row.verdict === "reclaimed") assert.equal(row.heldAtClose, socket?.heldAtClose);
}

/** `at`: seconds of the clock of the statement. */
function assertWhileOpen(at: string | undefined, { boundAt, sockets: [socket] }: Statement): void {
  const ns = Number(at) * 1e9;
  assert.ok(ns > Number(boundAt) && ns < Number(socket?.closedAt), `${at} s is not between bind and close`);
}

/** One row each, also where the kernel gave a socket the memory of an earlier one. */
function assertShortLived(report: Report, total: { sockets: number; issued: number; held: number }): void {
  const rows = report.sockets.filter(({ local }) => /:56\d\d$/.test(local));
  const sum = (field: "issued" | "heldAtClose") => rows.reduce((n, s) => n + (s[field] ?? 0), 0);
  assert.deepEqual({ sockets: rows.length, issued: sum("issued"), held: sum("heldAtClose") }, total);
  const pointers = new Set(rows.map(({ id }) => id.split("@")[0]));
  assert.ok(pointers.size < total.sockets, "no socket got the memory of an earlier one");
}

/** The moments at which bpftrace is killed. */
const MOMENTS = [1, 2, 3];

/** Some of the cases, in this order. Cases of the kernel and of bpftrace are the same in every guest. */
export function mishaps(...cases: (keyof typeof CHECKS)[]): Suite {
  return {
    name: "mishaps",
    command: ["scripts/e2e/guest/mishaps/run", ...cases],
    tests: (output) => {
      const said = whenRead(output, read);
      for (const name of cases)
        test(name, () => CHECKS[name](said()[name] ?? assert.fail(`${name} was not run`)));
    },
  };
}

const CHECKS = {
  /** Around one tracer: odd names, cgroups, namespaces, a pid used twice, clock steps, a stopped collector, a second tracer. */
  world(said: Said): void {
    const report = reported(said);
    const second = reported(said, "second");
    const names = ["escape", "one", "two", "clock", "stopped", "box"];
    const rows = Object.fromEntries(
      names.map((n) => [n, assertExact(report, stated(said[n]))[0] as ReportSocket]),
    );
    for (const n of names) assertExact(second, stated(said[n]));
    assert.deepEqual([report.lost, report.verdict, second.lost, second.verdict], [0, "leak", 0, "leak"]);
    assert.equal(said.listening, "", "something listens on the network");

    assert.ok(rows.escape?.comm.includes("\u001b[31mX"), rows.escape?.comm);
    assert.match(said.text ?? "", /\?\[31mX\?\[2J/);
    assert.doesNotMatch(said.text ?? "", /\^\[/);

    assert.deepEqual([rows.one?.cgroup, rows.two?.cgroup], ["/one", "/two"]);
    assert.equal(rows.one?.pid, rows.two?.pid, "the pid was not used again");
    assert.equal(String(rows.box?.netns), said.netns);
    assert.notEqual(rows.box?.netns, rows.one?.netns);

    const lived = Number(BigInt(rows.clock?.closedAt ?? 0) - BigInt(rows.clock?.firstTokenAt ?? 0));
    assert.ok(lived > 0 && lived < 3600e9, `a day's step of the clock shows: ${lived} ns`);
  },

  killed(said: Said): void {
    const report = reported(said);
    assert.match(said.said ?? "", /Recorded/);
    assert.ok(Number(said.stalls) > 0, "the stopped bpftrace was not reported");
    assert.equal(report.gaps.length, MOMENTS.length);
    for (const gap of report.gaps) assert.match(gap.why, /SIGKILL/);
    assert.equal(report.verdict, "leak"); // After the gaps everything is exact.
    assertExact(report, stated(said.after));
    for (const n of MOMENTS) {
      const statement = stated(said[`statement${n}`]);
      assertWhileOpen(said[`at${n}`], statement);
      for (const row of rowsSaidOf(report, statement)) assertNotFalse(row, statement);
    }
    // It closed when bpftrace ran again: the kernel shows what it held.
    const [back] = rowsSaidOf(report, stated(said.statement3)).filter(({ closedAt }) => closedAt !== null);
    assert.deepEqual([back?.heldAtClose, back?.verdict], [23, "reclaimed"]);
  },

  crashed(said: Said): void {
    const statement = stated(said.statement);
    for (const n of [1, 2]) {
      const report = reported(said, `report${n}`);
      assertWhileOpen(said[`at${n}`], statement);
      assert.deepEqual([report.verdict, report.why.includes("stops in the middle")], ["inconclusive", true]);
      for (const row of rowsSaidOf(report, statement)) assertNotFalse(row, statement);
    }
    assert.equal(said.left, "", "a bpftrace was left behind");
  },

  lossy_leak(said: Said): void {
    const report = reported(said);
    assert.ok(report.lostBy.bpftrace > 0, "nothing was lost");
    assert.equal(report.verdict, "leak");
    const [row] = rowsOf(report, stated(said.statement));
    if (row?.verdict !== "inconclusive") assertExact(report, stated(said.statement));
  },

  lossy_clean(said: Said): void {
    const report = reported(said);
    assert.ok(report.lostBy.bpftrace > 0, "nothing was lost");
    assert.match(report.verdict, /^(clean|inconclusive)$/);
    if (report.verdict === "clean") assert.match(report.why, /by the kernel's own count/);
  },

  full(said: Said): void {
    const report = reported(said);
    assert.ok(report.lostBy.map > 0, "no map was full");
    assert.equal(report.verdict, "leak");
    assert.ok(report.sockets.every(({ verdict }) => verdict !== "clean"));
  },

  disk(said: Said): void {
    assert.equal(said.record, "1");
    assert.match(said.said ?? "", /devmem-trace: \/tmp\/small\/recording cannot be written: ENOSPC/);
    assert.doesNotMatch(said.said ?? "", /\bat .*\.ts:\d+/, "a stack trace");
    stated(said.statement);
    assert.equal(said.left, "", "a bpftrace was left behind");
    assert.notEqual(said.code, "0");
  },

  needed(said: Said): void {
    assertExact(reported(said), stated(said.statement));
    assert.match(said.capabilities ?? "", /000000c000200000/);
    assert.match(said.less ?? "", /Tracing needs CAP_PERFMON/);
    assert.equal(said["less.code"], "4");
    assert.match(said.strict ?? "", /CAP_SYS_ADMIN, because kernel\.perf_event_paranoid is 3/);
    assert.match(said.snapshot ?? "", /needs CAP_SYS_ADMIN and CAP_SYS_PTRACE/);
    assert.equal(said["snapshot.code"], "0");
    assert.match(said.paranoid ?? "", /verdict: clean/);
  },

  /** Thousands of sockets that live for a moment; then the device goes down, and away with its module. */
  last(said: Said): void {
    const report = reported(said);
    assert.deepEqual([report.lost, report.verdict], [0, "leak"]);
    assertShortLived(report, JSON.parse(said.many ?? "{}"));
    for (const what of ["down", "gone"]) {
      assert.equal(said[`${what}.dmesg`], "", "the kernel complained");
      assertExact(report, stated(said[`${what}.statement`]));
    }
    assert.deepEqual([said["down.state"], said.gone, said["gone.module"]], ["down", "", ""]);
    assert.ok(report.bindings.every(({ verdict }) => verdict === "unbound clean"));
  },

  locked(said: Said): void {
    assert.match(said.integrity ?? "", /verdict: clean/);
    assert.match(said.confidentiality ?? "", /devmem-trace: /);
    assert.match(said.doctor ?? "", /LACK +lockdown: confidentiality/);
  },
};
