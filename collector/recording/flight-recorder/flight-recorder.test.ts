// flight-recorder - A flight recorder over simulated time: what it writes is a complete recording, and its memory is bounded.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../events/event.ts";
import { apply, newLedger } from "../../ledger/ledger.ts";
import { reportOf } from "../../report/report.ts";
import type { Report } from "../../report/shape.ts";
import { HEADER } from "../../testing/kernel.ts";
import { packed, streamOf } from "../../testing/recordings.ts";
import { follow } from "../follow.ts";
import { FlightRecorder, type FlightRecorderOptions } from "./flight-recorder.ts";

const SECOND = 1e9;
const OPTIONS: FlightRecorderOptions = {
  before: 60 * SECOND,
  after: 5 * SECOND,
  on: ["leak", "exhausted", "lost"],
};
const task = { pid: 7, comm: "receive" };
const bound = { binding: "b0", dmabuf: 1, bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
const address = (port: number) => ({ laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: port });

/** Eight sockets that live for the whole trace and receive every second, and one more each second that comes and goes. */
class Traffic {
  events: Event[] = [{ kind: "bind", t: 1, ...bound, netns: 1, ...task }];
  #second = 0;
  #issued = 0;

  constructor() {
    for (let i = 0; i < 8; i++) this.#socket(`s${i}`, 10 + i, 40000 + i);
  }

  /** `seconds` in which all tokens are returned, but for `keeping` of the socket that comes and goes each second. */
  run(seconds: number, keeping = 0, extra: Event[] = []): this {
    for (let n = 0; n < seconds; n++) {
      const t = ++this.#second * SECOND;
      this.#issued += 1000;
      for (let i = 0; i < 8; i++)
        this.events.push({
          kind: "count",
          t,
          sk: `s${i}`,
          born: 10 + i,
          ...this.#totals(this.#issued, 3),
          closed: 0,
        });
      this.#visitor(t + 1000, keeping);
      this.events.push(...extra.map((event) => ({ ...event, t: t + 5000 }) as Event), {
        kind: "tick",
        t: t + 6000,
      });
    }
    return this;
  }

  end(): Event[] {
    const t = this.#second * SECOND + 7000;
    return [...this.events, { kind: "end", t, reason: "stopped", detail: "" }];
  }

  #visitor(t: number, kept: number): void {
    const sk = `v${this.#second % 4}`;
    const port = 50000 + (this.#second % 9999);
    this.#socket(sk, t, port);
    const totals = { t: t + 1, sk, born: t, ...this.#totals(61, kept) };
    const xa = kept > 0 ? 1 : 0;
    this.events.push({ kind: "close", ...totals, xa, bytes: 9, ...address(port), ...task });
    this.events.push({ kind: "destroy", ...totals, t: t + 2, closed: t + 1, xa: 0 });
  }

  #totals(issued: number, held: number) {
    return { issued, returned: issued - held, linear: 0 };
  }

  #socket(sk: string, t: number, port: number): void {
    const first = { issued: 0, before: 0, netns: 1, ...address(port), ...task };
    this.events.push({ kind: "socket", t, sk, born: t, ...bound, ...first });
  }
}

interface Written {
  events: Event[];
  from: number;
  triggers: number;
  report: Report;
}

async function record(events: Event[], options = OPTIONS): Promise<{ files: Written[]; most: number[] }> {
  const [recorder, ledger] = [new FlightRecorder(HEADER, options), newLedger(HEADER)];
  const files: Written[] = [];
  const most: number[] = [];
  for (const event of events) {
    const stretch = recorder.take(event, ledger, apply(ledger, event));
    const minute = Math.floor(event.t / (60 * SECOND));
    most[minute] = Math.max(most[minute] ?? 0, recorder.bytes);
    assert.ok(ledger.sockets.length < 8 + 2 * 60 + 20, "the ledger forgets what is over");
    if (!stretch) continue;
    const written = [...stretch.events];
    const report = reportOf(await follow(await streamOf(packed(stretch.header, written))));
    files.push({
      events: written,
      from: stretch.header.stretch.from,
      triggers: stretch.header.stretch.triggers.length,
      report,
    });
  }
  return { files, most };
}

test("a leak after ten quiet minutes: a file has the minute before it, some seconds after it, and nothing else", async () => {
  const events = new Traffic().run(600).run(1, 23).run(120).end();
  const { files, most } = await record(events);
  const [file, ...others] = files;
  assert.ok(file);
  assert.equal(others.length, 0);
  const leakAt = 601 * SECOND + 1001;
  assert.equal(file.from, leakAt - 60 * SECOND);
  const last = file.events.at(-2) as Event;
  assert.ok(last.t >= leakAt + 5 * SECOND && last.t < leakAt + 6 * SECOND);
  const before = file.events.filter(({ t }) => t < file.from);
  const stretch = events.filter(({ t }) => t >= file.from && t <= last.t);
  assert.deepEqual(file.events.slice(before.length, -1), stretch);
  // The binding, two events of each socket that existed (the one that introduced it, its totals), and one of a new socket.
  assert.equal(before.length, 1 + 2 * 8 + 1);
  assert.deepEqual(file.events.at(-1)?.kind, "end");
  assert.equal(file.report.verdict, "leak");
  const verdicts = file.report.sockets.map(({ verdict }) => verdict);
  assert.equal(verdicts.filter((v) => v === "reclaimed").length, 1);
  assert.equal(verdicts.filter((v) => v === "open").length, 8);
  assert.ok(verdicts.every((v) => ["reclaimed", "open", "clean"].includes(v)));
  const quiet = most.slice(2, 10);
  assert.ok(Math.max(...quiet) < 1.2 * Math.min(...quiet), `memory is flat: ${quiet}`);
});

test("several triggers soon after each other are in one file, later ones in another; none is missed", async () => {
  const { files } = await record(new Traffic().run(100).run(3, 23).run(20).run(100, 7).run(30).end());
  const leaks = files.flatMap(({ report }) =>
    report.sockets.filter(({ verdict }) => verdict === "reclaimed"),
  );
  assert.equal(new Set(leaks.map(({ id }) => id)).size, 3 + 100);
  assert.deepEqual(
    files.map(({ triggers }) => triggers).reduce((sum, n) => sum + n, 0),
    3 + 100,
  );
  assert.equal(files[0]?.triggers, 3);
  for (const { report } of files) assert.equal(report.verdict, "leak");
  for (const { events, from } of files) assert.ok((events.at(-1)?.t ?? 0) - from <= 120 * SECOND + 6000);
});

test("each trigger fires only if it was asked for, and the end of the trace ends the stretch", async () => {
  const dry: Event = { kind: "dry", t: 0, binding: "b0", failed: 3 };
  const lost: Event = { kind: "lost", t: 0, count: 5, what: "bpftrace", detail: "" };
  const events = (extra: Event[]) => new Traffic().run(70).run(1, 0, extra).run(2).end();
  for (const [event, verdict, what] of [
    [dry, "clean", "exhausted"],
    [lost, "inconclusive", "lost"],
  ] as const) {
    const { files } = await record(events([event]), { ...OPTIONS, on: [what] });
    assert.equal(files.length, 1);
    assert.deepEqual(files[0]?.events.at(-1), events([event]).at(-1));
    assert.equal(files[0]?.report.verdict, verdict);
    assert.equal((await record(events([event]), { ...OPTIONS, on: ["leak"] })).files.length, 0);
  }
});

test("a loss before the stretch is part of it: a later beginning makes no verdict firmer", async () => {
  const lost: Event = { kind: "lost", t: 0, count: 5, what: "bpftrace", detail: "" };
  const events = new Traffic()
    .run(5)
    .run(1, 0, [lost])
    .run(200)
    .run(1, 0, [{ ...lost, count: 2 }])
    .run(10)
    .end();
  const { files } = await record(events, { ...OPTIONS, on: ["lost"] });
  assert.deepEqual(
    files.map(({ report }) => [report.lost, report.verdict]),
    [
      [5, "inconclusive"],
      [7, "inconclusive"],
    ],
  );
});
