// bpftrace-line - What bpftrace 0.23 to 0.27 prints on stdout.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readLines } from "../bpftrace/bpftrace.ts";
import { ATTACHED, readLine } from "./bpftrace-line.ts";

const printf = (text: string) => `{"type": "printf", "data": ${JSON.stringify(`${text}\n`)}}`;
const anyText = fc.string({
  unit: fc.constantFrom("a", " ", "=", '"', "\\", "n", "}", "\n", "\u001b", "é", "😀"),
});

test("a printf is the probe's text without its line end", () => {
  assert.deepEqual(readLine('{"type": "printf", "data": "tick t=1\\n"}'), { kind: "text", text: "tick t=1" });
});

test("the count of lost events is read in both forms", () => {
  assert.deepEqual(readLine('{"type": "lost_events", "data": {"events": 7}}'), { kind: "lost", count: 7 });
  assert.deepEqual(readLine('{"type": "lost_events", "count": 7, "data": {"events": 7}}'), {
    kind: "lost",
    count: 7,
  });
});

test("a full map is reported; a missing key is not a loss", () => {
  assert.deepEqual(
    readLine(
      '{"type": "helper_error", "msg": "Argument list too long", "helper": "map_update_elem", "retcode": -7}',
    ),
    { kind: "full" },
  );
  assert.equal(
    readLine('{"type": "helper_error", "msg": "Success", "helper": "map_lookup_percpu_elem", "retcode": 0}'),
    null,
  );
  assert.deepEqual(readLine('{"type": "runtime_error", "msg": "Map full"}'), { kind: "full" });
});

test("blank lines and the number of probes are ignored; the mark for attached probes is read", () => {
  assert.equal(readLine(""), null);
  assert.equal(readLine('{"type": "attached_probes", "data": {"probes": 12}}'), null);
  assert.deepEqual(readLine(ATTACHED), { kind: "attached" });
});

test("an unreadable line is passed on, not dropped", () => {
  assert.deepEqual(readLine('{"type": "printf", "da'), { kind: "other", text: '{"type": "printf", "da' });
});

test("any text comes out of its envelope unchanged", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.deepEqual(readLine(printf(text)), { kind: "text", text });
    }),
  );
});

test("an envelope cut anywhere is not read as a whole one", () => {
  const whole = printf("issue t=1 comm=a");
  for (let cut = 1; cut < whole.length; cut++)
    assert.equal(readLine(whole.slice(0, cut))?.kind, "other", `cut at ${cut}`);
});

test("the lines are the same, however the text is cut into pieces", async () => {
  const texts = ["tick t=1", "", 'refused comm="\\', "tick t=2"];
  const all = `${texts.map(printf).join("\n")}\n${ATTACHED}`;
  const whole = [...texts.map((text) => ({ kind: "text", text })), { kind: "attached" }];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(all.length)), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), all.length];
      const pieces = at.slice(1).map((to, i) => all.slice(at[i], to));
      const read = [];
      for await (const line of readLines(piecesOf(pieces))) read.push(line);
      assert.deepEqual(read, whole);
    }),
  );
});

async function* piecesOf(pieces: string[]): AsyncGenerator<string> {
  yield* pieces;
}
