// callers - Level tokens: which code received the tokens that are held, by the lines on how a thread calls recvmsg.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Event, Header } from "../../events/event.ts";
import { epoch, parse } from "../../events/parse.ts";
import { CarryOver } from "../../recording/carry-over.ts";
import { reportOf } from "../../report/report.ts";
import type { Report } from "../../report/shape.ts";
import { reportText } from "../../report/text.ts";
import { exported } from "../../testing/exports.ts";
import { each, RECORDINGS, read } from "../../testing/recordings.ts";
import { apply, newLedger } from "../ledger.ts";

const LINE =
  "caller t=2000000000 tid=287 pid=287 stack=\n        recvmsg+100\n        drain+57\n        main+311\n";
const WAYS = ["main;drain;recvmsg", "main;poll;recvmsg", ""];

/** A capture whose threads call recvmsg by another stack before every third token. */
async function capture(name: string): Promise<{ header: Header; events: Event[] }> {
  const { header, events } = await read(readFileSync(new URL(`${name}.jsonl`, RECORDINGS)));
  let issued = 0;
  const changed = events.flatMap((event): Event[] => {
    if (event.kind !== "issue" || issued++ % 3 !== 0) return [event];
    const { t, tid, pid } = event;
    return [
      { kind: "caller", t, tid, pid, stack: WAYS[Math.floor(issued / 3) % WAYS.length] as string },
      event,
    ];
  });
  return { header, events: changed };
}

function report({ header, events }: { header: Header; events: Event[] }): Report {
  const ledger = newLedger(header);
  for (const event of events) apply(ledger, event);
  return reportOf(ledger);
}

test("a stack of user space is read whole, outermost function first", () => {
  const event = parse(LINE, epoch("1000000000"));
  assert.deepEqual(event, { kind: "caller", t: 1e9, tid: 287, pid: 287, stack: "main;drain;recvmsg" });
});

for (const name of ["tokens-v1", "manual-tokens-v1"]) {
  test(`${name}: each token held at close has the stack by which its thread called when it was issued`, async () => {
    const taken = await capture(name);
    const ways = new Map<string, string>();
    let way = "";
    for (const event of taken.events) {
      if (event.kind === "caller") way = event.stack;
      if (event.kind === "issue") ways.set(`${event.t} ${event.token}`, way);
    }
    const t0 = BigInt(taken.header.t0);
    const leaked = report(taken).sockets.flatMap((socket) => socket.leaked);
    assert.ok(leaked.length > 20);
    for (const { issuedAt, token, stack } of leaked)
      assert.equal(stack, ways.get(`${BigInt(issuedAt ?? 0) - t0} ${token}`));
  });

  test(`${name}: a recording that begins in the middle has the same stack for every token`, async () => {
    const taken = await capture(name);
    const whole = new Map(report(taken).sockets.map(({ id, leaked }) => [id, leaked]));
    for (let at = 0; at < taken.events.length; at += 7) {
      const carryOver = new CarryOver(taken.header);
      for (const event of taken.events.slice(0, at)) carryOver.take(event);
      const events = [...carryOver.copy().events(), ...taken.events.slice(at)];
      for (const { id, leaked } of report({ header: taken.header, events }).sockets)
        assert.deepEqual(leaked, whole.get(id), `from ${at}`);
    }
  });
}

test("the report and the flame graph show which code received what was kept", async () => {
  const taken = await capture("tokens-v1");
  const leaked = report(taken).sockets.flatMap((socket) => socket.leaked);
  const by = (stack: string) => leaked.filter((token) => token.stack === stack).length;
  const text = reportText(report(taken)).join("\n");
  const folded = (
    await exported({ header: taken.header, events: each(taken.events) }, "folded", { weight: "kept" })
  ).toString();
  for (const stack of WAYS.slice(0, 2)) {
    assert.match(
      text,
      new RegExp(`^ +${by(stack)} tokens received by ${stack.split(";").reverse().join(" < ")}$`, "m"),
    );
    const weights = [...folded.matchAll(new RegExp(`;thread \\d+;${stack};[^;]*;[^;]* (\\d+)$`, "gm"))];
    assert.equal(
      weights.reduce((sum, [, n]) => sum + Number(n), 0),
      by(stack),
    );
  }
  assert.doesNotMatch(text, /received by *$/m);
});
