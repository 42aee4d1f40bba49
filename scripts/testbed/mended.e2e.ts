// mended.e2e.ts - the kernel of the autorelease guest does not have the faults its patch says it mends.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

const testbed = fileURLToPath(new URL("testbed", import.meta.url));

const RIGHT: Record<string, unknown> = {
  acceptedSockets: ["manual", "manual", "autorelease"],
  nothingReceived: ["EINVAL", true],
  returnAfterUnbind: [true, 0],
  doubleReturn: [0, true, true],
  fragLimit: [true, 0, null, true, true],
  anothersTokens: [38, "EBUSY", null, "EBUSY", true],
  "kernel log": [],
};

const answers = new Map<string, unknown>();
before(() => {
  const command = ["scripts/run-ts", "scripts/testbed/mended.ts"];
  const { status, stdout } = spawnSync(
    testbed,
    ["run", "--guest", "autorelease", "--timeout", "600", "--", ...command],
    { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" },
  );
  assert.equal(status, 0);
  for (const line of stdout.trimEnd().split("\n")) {
    const [name, answer] = JSON.parse(line) as [string, unknown];
    answers.set(name, answer);
  }
});

for (const [name, right] of Object.entries(RIGHT))
  test(name, () => assert.deepEqual(answers.get(name), right));
