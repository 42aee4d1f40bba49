// profile - A profile of receivers with known habits shows what they did, and what it cannot know.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Histogram, quantile } from "../../../collector/base/histogram.ts";
import type { ProbeEvent } from "../../../collector/events/event.ts";
import { USER_SPACE } from "../../../collector/export/cpu-stacks.ts";
import { folded } from "../../../collector/export/folded.ts";
import { byClass } from "../../../collector/ledger/profile/cpu-samples.ts";
import { outstanding } from "../../../collector/ledger/sockets/socket.ts";
import type { Ledger } from "../../../collector/ledger/state/ledger.ts";
import type { Socket } from "../../../collector/ledger/state/socket-and-binding.ts";
import { type ProfileReport, type ProfileSocket, profileReport } from "../../../collector/profile/report.ts";
import { follow } from "../../../collector/recording/follow.ts";
import { streamOf } from "../../../collector/testing/recordings.ts";
import type { Job } from "../../receive/job/options.ts";
import type { Statement } from "../../receive/session/statement.ts";
import { DEADLINE_S, type E2eJob } from "../lib/jobs.ts";
import { linesOf, partsOf, placeOf, type Suite, whenRead } from "../lib/suite.ts";

const LATE_MS = 50;
const ROOM = 1000;
const HELD = 5000;

const HABITS: E2eJob[] = [
  { name: "late", port: 5501, returnLate: LATE_MS, bytes: 1_000_000 },
  { name: "one by one", port: 5502, batch: 1, bytes: 400_000 },
  { name: "64 at a time", port: 5503, batch: 64, bytes: 2_000_000 },
  { name: "hoarder", port: 5504, connections: 2, leaky: 1, keep: 251, bytes: 1_500_000, pause: 1000 },
];
/** The receivers' setting of SO_DEVMEM_AUTORELEASE. */
type Setting = Job["autorelease"];

/** In manual mode: the unbind sweeps what both sockets hold. */
const SWEPT: E2eJob = { name: "swept", port: 5506, connections: 2, keep: 61, unbindFirst: true };
const FULL: E2eJob = { name: "full", port: 5505, peekTo: [HELD], bytes: 300_000, pause: 2500 };

const named = (name: string, setting: Setting) => (setting === "unset" ? name : `${name}, option ${setting}`);
const under = (jobs: E2eJob[], setting: Setting): E2eJob[] =>
  jobs.map((job) => ({ ...job, name: named(job.name, setting), autorelease: setting }));

interface Seen {
  statements: Statement[];
  text: string;
  ledger: Ledger;
  report: ProfileReport;
  recording: Buffer;
  /** The births known, not known, and found at the return of their tokens, while each socket held everything. */
  full: { line: ProbeEvent<"hold">; outstanding: number; found: number }[];
  /** The open sockets of that recording whose tokens an unbind swept. */
  swept: Socket[];
  killed: { during: number; after: number; before: number; stats: number };
}

/** Profiles of receivers with each of these settings of SO_DEVMEM_AUTORELEASE, in one run. */
export function profile(...settings: Setting[]): Suite {
  const full = settings.flatMap((setting) => under(setting === "0" ? [FULL, SWEPT] : [FULL], setting));
  return {
    name: "profile",
    files: {
      habits: asLines(settings.flatMap((setting) => under(HABITS, setting))),
      full: asLines(full),
    },
    command: ["scripts/e2e/guest/profile", placeOf({ name: "profile" })],
    tests: (output) => profileTests(settings, output),
  };
}

function asLines(jobs: E2eJob[]): string {
  return jobs.map((job) => `${JSON.stringify({ ...job, peer: "peer", deadline: DEADLINE_S })}\n`).join("");
}

function profileTests(settings: Setting[], output: () => Promise<string>): void {
  const seen = whenRead(output, seenIn);
  for (const setting of settings) {
    for (const { name } of under(HABITS, setting))
      test(`${name}: histograms agree with the workload's own record of its calls`, () =>
        agree(seen(), name));
    adviceTests(seen, (name) => named(name, setting));
  }
  for (const [i, setting] of settings.entries()) birthTest(seen, i, setting);
  if (settings.includes("0"))
    test("what an unbind swept is no longer among the births, and was not returned", () => areSwept(seen()));
  costTests(seen);
  test("after kill -9 none of our programs stays loaded, and the kernel's switch is as before", () => {
    const { during, after, before: stats, stats: now } = seen().killed;
    assert.ok(during > 0);
    assert.deepEqual([after, now], [0, stats]);
  });
}

interface Pair {
  stated: Statement["sockets"][number];
  found: ProfileSocket;
}

/** The sockets of a job: the workload's statement, and the profile's row. */
function socketsOf({ statements, report }: Seen, name: string): Pair[] {
  const statement = statements.find((one) => one.name === name);
  assert.ok(statement, "the workload made no statement");
  return statement.sockets.map((stated) => {
    const found = report.sockets.filter(
      ({ local, remote }) => local === stated.local && remote === stated.remote,
    );
    assert.equal(found.length, 1);
    return { stated, found: found[0] as ProfileSocket };
  });
}

function agree(seen: Seen, name: string): void {
  for (const { stated, found } of socketsOf(seen, name)) {
    const { profile, calls } = seen.ledger.sockets.find(({ id }) => id === found.id) ?? assert.fail();
    const record = stated.record ?? assert.fail();
    assert.deepEqual(trimmed(profile.issues), trimmed(record.issues));
    assert.deepEqual(trimmed(profile.returns), trimmed(record.returns));
    assert.equal(found.issues?.mean, stated.issued / record.issues.total);
    assert.equal(found.returns?.mean, stated.returned / record.returns.total);
    assert.equal(profile.holds.total, stated.returned);
    isBetween(record.holds, profile.holds, record.holdsAtMost);
    assert.deepEqual([found.issued, found.returned], [stated.issued, stated.returned]);
    assert.equal(found.payloadBytes, stated.payloadBytes, JSON.stringify(calls));
  }
}

/** `of`: the name of a habit under the setting of these tests. */
function adviceTests(seen: () => Seen, of: (name: string) => string): void {
  const idsOf = (name: string) => socketsOf(seen(), of(name)).map(({ found }) => found.id);
  const isAdvised = (id: string | undefined, rule: string) =>
    seen().report.advice.some((one) => one.socket === id && one.rule === rule);

  test(of(`returned ${LATE_MS} ms late: no token was held for less`), () => {
    for (const { found } of socketsOf(seen(), of("late"))) {
      assert.ok(found.holds && found.holds.p50 >= LATE_MS * 1e6, JSON.stringify(found.holds));
      assert.equal(found.overtaken, 0);
    }
  });
  test(of("advice on small batches goes to the receiver that returns one by one, and to no other"), () => {
    assert.ok(isAdvised(idsOf("one by one")[0], "returns in small batches"));
    assert.ok(!isAdvised(idsOf("64 at a time")[0], "returns in small batches"));
  });
  test(of("of two sockets on one binding the hoarder is named"), () => {
    const [hoarder, other] = idsOf("hoarder");
    assert.ok(isAdvised(hoarder, "hoards a shared binding"));
    assert.ok(!isAdvised(other, "hoards a shared binding"));
  });
}

function birthTest(seen: () => Seen, i: number, setting: Setting): void {
  const name = `a map of ${ROOM} births and ${HELD} tokens: the oldest are known, and how many are not`;
  test(named(name, setting), () => {
    const { line, outstanding: held, found } = seen().full[i] ?? assert.fail();
    assert.equal(held, HELD);
    assert.equal(line.held + line.untracked - line.unknown, HELD);
    // What is returned was issued last, and has no birth; in manual mode it takes the oldest birth of its page.
    if (setting === "0") assert.ok(line.held <= ROOM && line.held >= ROOM - found);
    else assert.deepEqual([line.held, found], [ROOM, 0]);
  });
}

function areSwept({ swept }: Seen): void {
  assert.equal(swept.length, 2);
  for (const socket of swept) {
    assert.ok(socket.swept > 0);
    assert.deepEqual([socket.holds?.tracked, socket.profile.holds.total], [0, socket.returned]);
  }
}

function costTests(seen: () => Seen): void {
  test("the share of each class of symbols is the same in the flame graph as in the table", async () => {
    const { samples, classes } = seen().report.cpu;
    assert.ok(samples > 0, "no sample");
    const exported = await samplesIn(seen().recording);
    assert.deepEqual(
      byClass(exported).map(({ name, times }) => ({ name, samples: times, share: times / samples })),
      classes,
    );
  });
  test("the cost of tracing is reported, program by program", () => {
    const { text, report } = seen();
    isWhole(report.cost);
    assert.match(text, /^Cost of tracing: [\d.]+ % of the receivers' CPU time; BPF /m);
  });
}

/** The CPU samples in the flame graph of a recording. */
async function samplesIn(recording: Buffer): Promise<{ pid: number; stack: string; times: number }[]> {
  const lines = await textOf(folded(await streamOf(recording), { table: "sockets", weight: "cpu" }));
  return lines.map((line) => {
    const [, frames = "", times] = /^(.*) (\d+)$/.exec(line) ?? assert.fail(line);
    const stack = frames.split(";").slice(2).join(";");
    return { pid: 0, stack: stack === USER_SPACE ? "" : stack, times: Number(times) };
  });
}

/** Every part of the cost is known, and its programs have all runs but those of BEGIN and END, which have no name. */
function isWhole(cost: ProfileReport["cost"]): void {
  assert.ok(cost && cost.bpf > 0 && cost.tool > 0 && cost.bpftrace > 0 && cost.traced > 0);
  assert.ok(cost.programs.some(({ name, runs }) => name === "fexit:tcp_recvmsg_dmabuf" && runs > 0));
  const others = cost.runs - cost.programs.reduce((sum, { runs }) => sum + runs, 0);
  assert.ok(others >= 0 && others <= 2, `${others} of ${cost.runs} runs are of no program`);
}

/**
 * The kernel's clock is read inside the calls, the workload's before and after: what it measured is a hold at least as
 * long and one at most as long as the kernel's, within a bucket.
 */
function isBetween(least: Histogram, found: Histogram, most: Histogram): void {
  assert.deepEqual([found.total, found.total], [least.total, most.total]);
  for (const share of [0.1, 0.25, 0.5, 0.75, 0.9, 0.99]) {
    const [low, ours, high] = [least, found, most].map((one) => quantile(one, share));
    assert.ok(low && ours && high);
    const said = `${share}: ${ours.low} to ${ours.high} is not between ${low.low} and ${high.high}`;
    assert.ok(ours.high >= low.low && ours.low <= high.high, said);
  }
}

function trimmed({ counts }: Histogram): number[] {
  return counts.slice(0, counts.findLastIndex((times) => times > 0) + 1);
}

async function textOf(chunks: AsyncIterable<string | Uint8Array>): Promise<string[]> {
  let text = "";
  for await (const chunk of chunks) text += String(chunk);
  return text.split("\n").filter(Boolean);
}

async function seenIn(output: string): Promise<Seen> {
  const part = partsOf(output);
  const recording = Buffer.from(part("recording"), "base64");
  const ledger = await follow(await streamOf(recording));
  return {
    statements: linesOf(part("statements")).map((line) => JSON.parse(line)),
    text: part("text"),
    ledger,
    recording,
    report: profileReport(ledger),
    ...(await fullIn(Buffer.from(part("full"), "base64"))),
    killed: JSON.parse(part("killed")),
  };
}

/** The last line of each socket before its close, in order; and the sockets whose tokens were swept. */
async function fullIn(recording: Buffer): Promise<Pick<Seen, "full" | "swept">> {
  const last = new Map<string, Seen["full"][number]>();
  const { sockets } = await follow(await streamOf(recording), (event, { current }) => {
    const socket = event.kind === "hold" ? current.get(event.sk) : undefined;
    if (event.kind === "hold" && socket && socket.closedAt < 0)
      last.set(socket.id, {
        line: event,
        outstanding: outstanding(socket),
        found: socket.profile.holds.total,
      });
  });
  const swept = sockets.filter(({ sweptAt, closedAt }) => sweptAt >= 0 && sweptAt < closedAt);
  return { full: [...last.values()], swept };
}
