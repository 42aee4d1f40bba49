// plan - How many tokens each connection withholds, and which jobs are refused.
import assert from "node:assert/strict";
import test from "node:test";
import { UsageError } from "../failure.ts";
import { parseJob } from "./options.ts";
import { checkPlan, plansFor, shares } from "./plan.ts";

const job = (given: Record<string, unknown>) => parseJob(given);

test("leaks are shared as evenly as possible; the first connections get one more", () => {
  assert.deepEqual(shares(61, 2, 3), [31, 30, 0]);
  assert.deepEqual(shares(127, 4, 4), [32, 32, 32, 31]);
  assert.deepEqual(shares(0, 3, 3), [0, 0, 0]);
});

test("only the first connection holds tokens back for after the stream", () => {
  const plans = plansFor(job({ connections: 2, keep: 5, wrongSocket: 19, returnTwice: 7 }));
  assert.deepEqual(
    plans.map(({ keep, reserve }) => [keep, reserve]),
    [
      [3, 19 + 2 + 7],
      [2, 0],
    ],
  );
});

test("kept tokens are spread so that the stream always has enough", () => {
  const [plan] = plansFor(job({ keep: 23, bytes: 1_000_000 }));
  assert.equal(plan?.stride, 5);
  assert.equal(plansFor(job({ keep: 244, bytes: 1_000_000 }))[0]?.stride, 1);
});

for (const [given, sentence] of [
  [{ leaky: 2, keep: 1 }, /leaky/],
  [{ leaky: 1 }, /keep is 0/],
  [{ wrongSocket: 1 }, /connections/],
  [{ oversized: 128 }, /more than 128/],
  [{ overFrags: 1024 }, /more than 1024/],
  [{ peekReturn: true }, /peek is 0/],
  [{ runDry: 100, returnLate: 5 }, /use one/],
  [{ rest: 100 }, /runDry is 0/],
  [{ dup: true, fork: true }, /use one/],
  [{ close: "kill", unbindFirst: true }, /has no effect/],
  [{ keep: 500 }, /bytes must be at least 2048000/],
  [{ keep: 64, dmabufPages: 64 }, /more than the 64 tokens/],
  [{ runDry: 100 }, /raise bytes/],
] as const) {
  test(`refused: ${JSON.stringify(given)}`, () => {
    assert.throws(
      () => checkPlan(job(given)),
      (error) => error instanceof UsageError && sentence.test(error.message),
    );
  });
}

test("unknown options, wrong numbers and wrong choices are named", () => {
  assert.throws(() => job({ kep: 1 }), /no option is called kep/);
  assert.throws(() => job({ keep: "many" }), /keep must be a whole number from 0/);
  assert.throws(() => job({ keep: 1.5 }), /keep/);
  assert.throws(() => job({ close: "gently" }), /normal, exit, kill/);
  assert.throws(() => job({ queue: "0" }), /queue must be a whole number from 1/);
});

test("the text of the command line and the values of a job mean the same", () => {
  assert.deepEqual(
    job({ keep: "23", queue: "2,3", family: "6" }),
    job({ keep: 23, queue: [2, 3], family: 6 }),
  );
});
