// threaded - In a real kernel: a receiver in C with two threads. Which of its functions received what it kept, how often it
// waited for the xarray's lock, and that no token is miscounted where one thread receives while another gives back.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ledger } from "../../../collector/ledger/state/ledger.ts";
import type { Socket } from "../../../collector/ledger/state/socket-and-binding.ts";
import { follow } from "../../../collector/recording/follow.ts";
import { reportOf } from "../../../collector/report/report.ts";
import { reportText } from "../../../collector/report/text.ts";
import { streamOf } from "../../../collector/testing/recordings.ts";
import { nothingLost } from "../lib/kernel-agreement.ts";
import { partsOf, type Suite, whenRead } from "../lib/suite.ts";

/** The statement of threaded.c. */
interface Stated {
  pid: number;
  bytes: number;
  headers: Way;
  bulk: Way;
  returned: number;
}
interface Way {
  issued: number;
  kept: number;
}

interface Run {
  stated: Stated;
  ledger: Ledger;
  socket: Socket;
}

type Level = "tokens" | "profile";

/** Traces at these levels, `profile` among them. Only `paravirtual` spinlocks show how long a wait took. */
export function threaded(levels: Level[], paravirtual: boolean): Suite {
  return {
    name: "threaded",
    command: ["scripts/e2e/guest/threaded", ...levels],
    tests: (output) => threadedTests(levels, paravirtual, output),
  };
}

/** A run by its level, and how often the kernel's stacks show a wait for the lock. */
interface Seen {
  runs: Map<Level, Run>;
  waits: number;
}

async function seenIn(output: string, levels: Level[]): Promise<Seen> {
  const part = partsOf(output);
  const runs = new Map<Level, Run>();
  for (const level of levels) runs.set(level, await runOf(part(level), part(`${level} stated`)));
  return { runs, waits: waitsIn(part("waits")) };
}

function threadedTests(levels: Level[], paravirtual: boolean, output: () => Promise<string>): void {
  const seen = whenRead(output, (text) => seenIn(text, levels));
  const of = (level: Level): Run =>
    seen().runs.get(level) ?? assert.fail(`there is no run at level ${level}`);
  for (const level of levels)
    test(`level ${level}: what was issued, returned and held at close is exact`, (context) => {
      isExact(of(level));
      nothingLost(reportOf(of(level).ledger), context);
    });
  if (levels.includes("tokens"))
    test("each kept token has the function that received it", () => keptByFunction(of("tokens")));
  test("waits for the lock are as many as in the kernel's stacks, and no longer than the calls", () =>
    hasWaited(of("profile"), seen().waits, paravirtual));
}

function isExact({ stated, socket }: Run): void {
  const { issued, returned, heldAtClose, closePid } = socket;
  assert.deepEqual(
    { issued, returned, heldAtClose, closePid },
    {
      issued: stated.headers.issued + stated.bulk.issued,
      returned: stated.returned,
      heldAtClose: stated.headers.kept + stated.bulk.kept,
      closePid: stated.pid,
    },
  );
}

function hasWaited({ stated, socket }: Run, expected: number, paravirtual: boolean): void {
  const { waits, waited, bytes, received, returned } = socket.calls;
  assert.equal(bytes, stated.bytes);
  assert.equal(waits, expected);
  assert.ok(waits > 0, "there were no waits: nothing was tested");
  // Without paravirtual spinlocks their time is not known.
  assert.equal(waited > 0, paravirtual);
  assert.ok(waited < received + returned);
}

function keptByFunction({ stated, socket, ledger }: Run): void {
  const by = (name: string) => socket.leaked.filter(({ stack }) => functionsOf(stack).includes(name)).length;
  assert.deepEqual([by("headers"), by("bulk")], [stated.headers.kept, stated.bulk.kept]);
  for (const { stack } of socket.leaked)
    assert.match(functionsOf(stack).join(" "), /\bmain (headers|bulk) syscall$/);
  const said = reportText(reportOf(ledger)).join("\n");
  assert.match(said, /61 tokens received by \S*syscall\S* < \S*bulk\S* < \S*main/);
  assert.match(said, /23 tokens received by \S*syscall\S* < \S*headers\S* < \S*main/);
}

/** Names of functions without their offsets, outermost first. */
function functionsOf(stack: string): string[] {
  return stack.split(";").map((frame) => frame.replace(/\+\d+$/, ""));
}

async function runOf(recording: string, statement: string): Promise<Run> {
  const ledger = await follow(await streamOf(Buffer.from(recording, "base64")));
  const stated: Stated = JSON.parse(statement);
  const socket = ledger.sockets.find(({ pid }) => pid === stated.pid) ?? assert.fail("no such socket");
  return { stated, ledger, socket };
}

/**
 * The function that takes the xarray's lock, xa_lock_bh: it is next to the slow path in a stack, or after _raw_spin_lock_bh, which a
 * kernel that walks stacks by frame pointers leaves out.
 */
const TAKES_THE_LOCK =
  /_slowpath\+\d+\n\s*(?:_raw_spin_lock_bh\+\d+\n\s*)?(sock_devmem_dontneed\w*|tcp_recvmsg_dmabuf|tcp_xa_pool_\w+)\+/;

/** How often that lock was waited for, in a map of stacks as bpftrace prints it. */
function waitsIn(printed: string): number {
  const stacks = [...printed.matchAll(/^@\[\n([^\]]*)\]: (\d+)$/gm)];
  const ours = stacks.filter(([, frames]) => TAKES_THE_LOCK.test(frames ?? ""));
  return ours.reduce((sum, [, , times]) => sum + Number(times), 0);
}
