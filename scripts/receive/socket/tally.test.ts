// tally - The kernel's answers, as the statement will have them.
import assert from "node:assert/strict";
import test from "node:test";
import { Issue } from "./cmsg.ts";
import { Tally } from "./tally.ts";

function issueOf(count: number): Issue {
  return Object.assign(new Issue(2048), { count, dmabufBytes: count * 4096 });
}

test("held is what was issued, peeks included, less what was freed", () => {
  const tally = new Tally();
  tally.peekedAt(issueOf(3));
  tally.received(40960, issueOf(10));
  tally.gaveBack(8, 8);
  assert.deepEqual([tally.issued, tally.peeked, tally.returned, tally.held], [13, 3, 8, 5]);
  assert.deepEqual([tally.payloadBytes, tally.dmabufBytes, tally.recvmsgCalls], [40960, 40960, 2]);
});

test("a short return is recorded, a refusal frees nothing", () => {
  const tally = new Tally();
  tally.received(0, issueOf(200));
  tally.gaveBack(17, 0);
  tally.wasRefused(200, "EINVAL");
  assert.deepEqual(tally.shortReturns, [{ asked: 17, freed: 0 }]);
  assert.deepEqual(tally.refused, [{ errno: "EINVAL", tokens: 200 }]);
  assert.deepEqual([tally.held, tally.returnCalls], [200, 2]);
});

test("a stop at 1024 frags is not a short return, fewer than 1024 is", () => {
  const tally = new Tally();
  tally.gaveBack(1100, 1024);
  tally.gaveBack(1100, 1000);
  assert.equal(tally.fragLimitStops, 1);
  assert.deepEqual(tally.shortReturns, [{ asked: 1100, freed: 1000 }]);
});
