// restarting-tracer - A bpftrace that ends unasked is started again; silence and skipped runs come between its lines.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tracer } from "../bpftrace/bpftrace.ts";
import type { Line } from "../events/bpftrace-line.ts";
import { LineQueue } from "./line-queue.ts";
import { startRestarting, type TracerStatus } from "./restarting-tracer.ts";
import { SkippedRuns } from "./skipped-runs.ts";
import { Watchdog } from "./watchdog.ts";

/** In place of a bpftrace: the test decides what it prints and when it ends. */
class Puppet implements Tracer {
  readonly version = "0.23.2";
  readonly pid = 1;
  readonly lines = new LineQueue<Line>();
  readonly ended: Promise<string>;
  #end: (why: string) => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  say(text: string): void {
    this.lines.put({ kind: "text", text });
  }

  stop(): void {
    this.end("");
  }

  end(why: string): void {
    this.#end(why);
    this.lines.end();
  }
}

const SKIPPED = { id: 1, type: 26, name: "fentry:tcp_close", ns: 0, runs: 0 };

/** The kernel's count of skipped runs, each time it is read. */
const counts =
  (...skipped: number[]) =>
  () =>
    new SkippedRuns(() => [{ ...SKIPPED, skipped: skipped.shift() ?? 0 }]);

async function all(lines: AsyncIterable<Line | TracerStatus>): Promise<(Line | TracerStatus)[]> {
  const read = [];
  for await (const line of lines) read.push(line);
  return read;
}

test("killed, it is started again, and its lines stay in order", async () => {
  const puppets = [new Puppet(), new Puppet()];
  const [first, second] = puppets as [Puppet, Puppet];
  const starts = [...puppets];
  const tracer = await startRestarting(
    async () => starts.shift() ?? assert.fail("started once too often"),
    counts(),
  );
  const read = all(tracer.lines);
  first.say("tick t=1");
  first.end("bpftrace was ended by SIGKILL.");
  second.say("tick t=2");
  await new Promise(setImmediate);
  tracer.stop();
  assert.deepEqual(await read, [
    { kind: "text", text: "tick t=1" },
    { kind: "gap", detail: "bpftrace was ended by SIGKILL." },
    { kind: "resumed" },
    { kind: "text", text: "tick t=2" },
  ]);
  assert.equal(await tracer.ended, "");
});

test("one that never lasts, or cannot be started again, is given up, with the reason", async () => {
  let started = 0;
  const dying = async () => {
    if (++started === 3) throw new Error("No room.");
    const puppet = new Puppet();
    puppet.end("It fell.");
    return puppet;
  };
  const tracer = await startRestarting(dying, counts());
  assert.deepEqual(
    (await all(tracer.lines)).map(({ kind }) => kind),
    ["gap", "resumed", "gap"],
  );
  assert.equal(await tracer.ended, "It fell. It could not be started again: No room.");

  const short = await startRestarting(async () => {
    const puppet = new Puppet();
    puppet.end("It fell.");
    return puppet;
  }, counts());
  await all(short.lines);
  assert.equal(await short.ended, "It fell.");
});

test("stopped while it is being started again, the start is abandoned", async () => {
  const first = new Puppet();
  let isAbandoned = false;
  const starts: ((signal: AbortSignal) => Promise<Tracer>)[] = [
    async () => first,
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          isAbandoned = true;
          reject(new Error("killed"));
        }),
      ),
  ];
  const tracer = await startRestarting((signal) => (starts.shift() ?? assert.fail())(signal), counts());
  first.end("It fell.");
  await new Promise(setImmediate);
  tracer.stop();
  await all(tracer.lines);
  assert.ok(isAbandoned);
  assert.equal(await tracer.ended, "");
});

test("skipped runs are reported after a tick and at the end", async () => {
  const puppet = new Puppet();
  const tracer = await startRestarting(async () => puppet, counts(3, 7));
  const read = all(tracer.lines);
  puppet.say("tick t=1");
  await new Promise(setImmediate);
  tracer.stop();
  assert.deepEqual(await read, [
    { kind: "text", text: "tick t=1" },
    { kind: "skipped", program: "fentry:tcp_close", count: 3 },
    { kind: "skipped", program: "fentry:tcp_close", count: 4 },
  ]);
});

test("silence is reported once, and not while nobody listens", async () => {
  const alive = setInterval(() => {}, 1000);
  const reports = new LineQueue<number>();
  const watchdog = new Watchdog(20, (silent) => reports.put(silent), 5);
  for await (const silent of reports) {
    assert.ok(silent >= 20e6);
    break;
  }
  watchdog.heard();
  await watchdog.pausedFor(new Promise((resolve) => setTimeout(resolve, 60)));
  assert.equal(reports.waiting, 0);
  watchdog.end();
  clearInterval(alive);
});
