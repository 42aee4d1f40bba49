// line - What bpftrace 0.23 to 0.27 puts on stdout.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ATTACHED, readLine } from "./line.ts";

test("a printf is a probe's text without its line end", () => {
  assert.deepEqual(readLine('{"type": "printf", "data": "tick t=1\\n"}'), { kind: "text", text: "tick t=1" });
});

test("losses are counted in both forms", () => {
  assert.deepEqual(readLine('{"type": "lost_events", "data": {"events": 7}}'), { kind: "lost", count: 7 });
  assert.deepEqual(readLine('{"type": "lost_events", "count": 7, "data": {"events": 7}}'), {
    kind: "lost",
    count: 7,
  });
});

test("a full map is told of; a key that is not there is no loss", () => {
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

test("blank lines and the count of probes say nothing; the attached mark does", () => {
  assert.equal(readLine(""), null);
  assert.equal(readLine('{"type": "attached_probes", "data": {"probes": 12}}'), null);
  assert.deepEqual(readLine(ATTACHED), { kind: "attached" });
});

test("what nobody can read is handed on, not swallowed", () => {
  assert.deepEqual(readLine('{"type": "printf", "da'), { kind: "other", text: '{"type": "printf", "da' });
});
