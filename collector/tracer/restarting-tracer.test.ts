// kept-tracer - A bpftrace that ends unasked is started again; silence and skipped runs are told between its lines.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tracer } from "../bpftrace/bpftrace.ts";
import type { Line } from "../events/bpftrace-line.ts";
import { Inbox } from "./line-queue.ts";
import { keepTracing, type Notice } from "./restarting-tracer.ts";
import { Misses } from "./skipped-runs.ts";
import { Silence } from "./watchdog.ts";

/** A bpftrace of ours: it says what it is told to and ends when it is told to. */
class Puppet implements Tracer {
  readonly version = "0.23.2";
  readonly pid = 1;
  readonly lines = new Inbox<Line>();
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

/** The kernel's count of skipped runs, each time it is asked. */
const counts =
  (...skipped: number[]) =>
  () =>
    new Misses(() => [{ ...SKIPPED, skipped: skipped.shift() ?? 0 }]);

async function all(lines: AsyncIterable<Line | Notice>): Promise<(Line | Notice)[]> {
  const read = [];
  for await (const line of lines) read.push(line);
  return read;
}

test("killed, it is started again, and what was said stays in order", async () => {
  const puppets = [new Puppet(), new Puppet()];
  const [first, second] = puppets as [Puppet, Puppet];
  const starts = [...puppets];
  const kept = await keepTracing(
    async () => starts.shift() ?? assert.fail("started once too often"),
    counts(),
  );
  const read = all(kept.lines);
  first.say("tick t=1");
  first.end("bpftrace was ended by SIGKILL.");
  second.say("tick t=2");
  await new Promise(setImmediate);
  kept.stop();
  assert.deepEqual(await read, [
    { kind: "text", text: "tick t=1" },
    { kind: "gap", detail: "bpftrace was ended by SIGKILL." },
    { kind: "resumed" },
    { kind: "text", text: "tick t=2" },
  ]);
  assert.equal(await kept.ended, "");
});

test("one that never lasts, or cannot be started again, is given up with the reason", async () => {
  let started = 0;
  const dying = async () => {
    if (++started === 3) throw new Error("No room.");
    const puppet = new Puppet();
    puppet.end("It fell.");
    return puppet;
  };
  const kept = await keepTracing(dying, counts());
  assert.deepEqual(
    (await all(kept.lines)).map(({ kind }) => kind),
    ["gap", "resumed", "gap"],
  );
  assert.equal(await kept.ended, "It fell. It could not be started again: No room.");

  const short = await keepTracing(async () => {
    const puppet = new Puppet();
    puppet.end("It fell.");
    return puppet;
  }, counts());
  await all(short.lines);
  assert.equal(await short.ended, "It fell.");
});

test("stopped while it is being started again, the start is called off", async () => {
  const first = new Puppet();
  let calledOff = false;
  const starts: ((signal: AbortSignal) => Promise<Tracer>)[] = [
    async () => first,
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          calledOff = true;
          reject(new Error("killed"));
        }),
      ),
  ];
  const kept = await keepTracing((signal) => (starts.shift() ?? assert.fail())(signal), counts());
  first.end("It fell.");
  await new Promise(setImmediate);
  kept.stop();
  await all(kept.lines);
  assert.ok(calledOff);
  assert.equal(await kept.ended, "");
});

test("skipped runs are told after a tick and at the end", async () => {
  const puppet = new Puppet();
  const kept = await keepTracing(async () => puppet, counts(3, 7));
  const read = all(kept.lines);
  puppet.say("tick t=1");
  await new Promise(setImmediate);
  kept.stop();
  assert.deepEqual(await read, [
    { kind: "text", text: "tick t=1" },
    { kind: "skipped", program: "fentry:tcp_close", count: 3 },
    { kind: "skipped", program: "fentry:tcp_close", count: 4 },
  ]);
});

test("silence is told once, and not while nobody listened", async () => {
  const alive = setInterval(() => {}, 1000);
  const told = new Inbox<number>();
  const watch = new Silence(20, (silent) => told.put(silent), 5);
  for await (const silent of told) {
    assert.ok(silent >= 20e6);
    break;
  }
  watch.heard();
  await watch.without(new Promise((resolve) => setTimeout(resolve, 60)));
  assert.equal(told.waiting, 0);
  watch.end();
  clearInterval(alive);
});
