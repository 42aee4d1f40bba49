// openmetrics - The text made of a capture; the reference parser reads it in scripts/e2e/readers.e2e.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../events/event.ts";
import { exported } from "../testing/exports.ts";
import { capture, named } from "../testing/recordings.ts";

const textOf = async (name: string) => (await exported(capture(name), "openmetrics")).toString();

test("the leak is in it, and the time is that of the recording's end", async () => {
  const text = await textOf("leak-v1");
  assert.match(text, /^devmem_verdict\{devmem_verdict="leak"\} 1 1795413167\.\d{3}$/m);
  assert.match(text, /^devmem_socket_closed_holding_tokens\{socket=".*",pid="299",.*\} 23 /m);
  assert.match(text, /^devmem_sockets\{verdict="reclaimed"\} 1 /m);
  assert.ok(text.endsWith("\n# EOF\n"));
});

test("level tokens: a histogram of hold times whose buckets never fall", async () => {
  const text = await textOf("tokens-v1");
  const buckets = [...text.matchAll(/^devmem_token_hold_seconds_bucket\{le="(.*)"\} (\d+) /gm)];
  assert.ok(buckets.length > 2);
  assert.deepEqual(
    buckets,
    buckets.toSorted((a, b) => Number(a[2]) - Number(b[2])),
  );
  assert.equal(buckets.at(-1)?.[1], "+Inf");
  assert.equal(buckets.at(-1)?.[2], /^devmem_token_hold_seconds_count (\d+) /m.exec(text)?.[1]);
  assert.doesNotMatch(await textOf("leak-v1"), /hold_seconds/);
});

test("the buckets of hold times hold the hold times: their bounds enclose the sum", async () => {
  for (const name of ["tokens-v1", "manual-tokens-v1"]) {
    const text = await textOf(name);
    const buckets = [...text.matchAll(/^devmem_token_hold_seconds_bucket\{le="([\d.e+-]+)"\} (\d+) /gm)];
    const bounds = buckets.map(([, le, count], i) => ({
      le: Number(le),
      times: Number(count) - Number(buckets[i - 1]?.[2] ?? 0),
    }));
    const most = bounds.reduce((sum, { le, times }) => sum + le * times, 0);
    const total = Number(/^devmem_token_hold_seconds_sum (\S+) /m.exec(text)?.[1]);
    assert.ok(most >= total && most <= 2 * total, `${name}: ${total} s in buckets of at most ${most} s`);
  }
});

test("a thousand sockets are a hundred series and one for the rest, and every token is counted", async () => {
  const { header, events } = await capture("leak-v1");
  const lines: Event[] = [];
  for await (const event of events) lines.push(event);
  async function* many() {
    for (let i = 0; i < 1000; i++)
      for (const event of lines) if ("sk" in event) yield { ...event, sk: `${event.sk}${i}` };
  }
  const text = (await exported({ header, events: many() }, "openmetrics")).toString();
  const issued = [...text.matchAll(/^devmem_socket_issued_tokens_total\{.*\} (\d+) /gm)];
  assert.equal(issued.length, 101);
  assert.equal(
    issued.reduce((sum, [, n]) => sum + Number(n), 0),
    263_000,
  );
});

test("a hostile name is one quoted label", async () => {
  const text = (await exported(named("leak-v1", 'a"} 1\nevil_total 7 # \\'), "openmetrics")).toString();
  assert.doesNotMatch(text, /^evil/m);
  assert.match(text, /comm="a\\"\} 1\?evil_total 7 # \\\\",local=/);
});
