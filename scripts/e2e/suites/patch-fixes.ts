// patch-fixes - The kernel of the autorelease guest does not have the faults that its patch fixes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, type Suite, whenRead } from "../lib/suite.ts";

/** The answers of guest/patch-fixes.ts. */
const RIGHT: Record<string, unknown> = {
  acceptedSockets: ["manual", "manual", "autorelease"],
  nothingReceived: ["EINVAL", true],
  returnAfterUnbind: [true, 0],
  doubleReturn: [0, true, true],
  fragLimit: [true, 0, null, true, true],
  anothersTokens: [38, "EBUSY", null, "EBUSY", true],
  "kernel log": [],
};

export const PATCH_FIXES: Suite = {
  name: "patch fixes",
  command: ["scripts/run-ts", "scripts/e2e/guest/patch-fixes.ts"],
  tests: (output) => {
    const answers = whenRead(output, answersIn);
    for (const [name, right] of Object.entries(RIGHT))
      test(name, () => assert.deepEqual(answers().get(name), right));
  },
};

function answersIn(output: string): Map<string, unknown> {
  return new Map(linesOf(output).map((line) => JSON.parse(line) as [string, unknown]));
}
