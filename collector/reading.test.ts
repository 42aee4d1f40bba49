// reading - Which sockets have left the kernel's tables: only then every open file is looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProbeEvent } from "./event.ts";
import { epoch } from "./parse.ts";
import { Readings } from "./reading.ts";
import type { HeldLine } from "./snapshot.ts";

const first = (sk: string) => ({ kind: "socket", t: 1, sk, born: 1, binding: "b", before: 0 }) as ProbeEvent;
const destroyed = (sk: string) => ({ kind: "destroy", t: 2, sk, born: 1 }) as ProbeEvent;
const met = (...sks: string[]) => sks.map((sk) => ({ sk }) as HeldLine);

test("a socket has strayed while it is known, not destroyed, and in no table", () => {
  const readings = new Readings(epoch("0"));
  assert.equal(readings.strayed(met("other")), false);
  readings.pass(first("s0"));
  readings.pass(first("s1"));
  assert.equal(readings.strayed(met("s1", "other", "s0")), false);
  assert.equal(readings.strayed(met("s1")), true);
  readings.pass(destroyed("s0"));
  assert.equal(readings.strayed(met("s1")), false);
});
