// parse - Lines of probes, and lines that do not have the form of their kind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { epoch, parse } from "./parse.ts";

const FROM = epoch("9007199254740993000");

test("times stay exact to the nanosecond past 2^53", () => {
  assert.deepEqual(parse("tick t=9007199254740993001", FROM), { kind: "tick", t: 1 });
  assert.deepEqual(parse("tick t=9007199255740992999", FROM), { kind: "tick", t: 999999999 });
});

test("a number may be negative", () => {
  assert.deepEqual(parse("queue t=9007199254740993001 binding=ff queue=3 err=-22", FROM), {
    kind: "queue",
    t: 1,
    binding: "ff",
    queue: 3,
    err: -22,
  });
});

test("a time of 0 stays 0, because it means never", () => {
  const line =
    "destroy t=9007199254740993005 sk=ffff888100000000 born=0 issued=0 returned=5 linear=0 closed=0 xa=0";
  assert.deepEqual(parse(line, FROM), {
    kind: "destroy",
    t: 5,
    sk: "ffff888100000000",
    born: 0,
    issued: 0,
    returned: 5,
    linear: 0,
    closed: 0,
    xa: 0,
  });
});

test("a comm may contain anything: spaces, equals signs, text that looks like a field", () => {
  for (const comm of ["a b", "x=1 pid=2", "", "évil\u001b[31m"]) {
    const event = parse(`refused t=9007199254740993002 sk=ff err=-22 ranges=200 pid=9 comm=${comm}`, FROM);
    assert.deepEqual(event, { kind: "refused", t: 2, sk: "ff", err: -22, ranges: 200, pid: 9, comm });
  }
});

test("torn, foreign and newer lines are refused", () => {
  const whole = "short t=9007199254740993002 sk=ff asked=2 freed=1 pid=9 comm=x";
  assert.ok(parse(whole, FROM));
  for (let cut = 0; cut < whole.indexOf(" comm="); cut++)
    assert.equal(parse(whole.slice(0, cut), FROM), null, `cut at ${cut}`);
  for (const line of [
    "",
    "Attaching 3 probes...",
    "tick t=x",
    "tick t=",
    "tick t=1 more=2",
    "toString t=1",
    "free t=1 binding=",
    "dry t=1 binding=ff failed=0x10",
    "dry t=1 binding=ff failed=1e3",
    "dry t=1 binding=ff failed=-",
    "dry t=1 binding=ff failed=1-2",
    "dry t=1 binding=ff failed=9007199254740993",
    "dry t=-1 binding=ff failed=1",
  ]) {
    assert.equal(parse(line, FROM), null, line);
  }
});

test("t0 must be a decimal number", () => {
  assert.throws(() => epoch("12x"), RangeError);
});
