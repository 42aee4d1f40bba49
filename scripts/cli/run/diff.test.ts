// diff - Exit codes: 0 no regression, 23 (or as asked) where B leaks and A did not, 2 for two streams.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RECORDINGS } from "../../../collector/testing/recordings.ts";
import { AS_SOURCES } from "../../../collector/testing/tsx.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const [LEAK, CLEAN] = ["leak-v1", "clean-v1"].map((name) =>
  fileURLToPath(new URL(`${name}.jsonl`, RECORDINGS)),
);

function diff(...args: (string | undefined)[]) {
  const all = [...AS_SOURCES, MAIN, "diff", ...args.map(String)];
  return spawnSync(process.execPath, all, { encoding: "utf8" });
}

test("the exit code agrees with the first line", () => {
  const better = diff(LEAK, CLEAN);
  assert.deepEqual([better.status, better.stdout.split("\n")[0]], [0, "diff: no regression"]);
  const worse = diff(CLEAN, LEAK);
  assert.equal(worse.status, 23);
  assert.match(worse.stdout, /^diff: regression - /);
  assert.equal(diff(CLEAN, LEAK, "--error-exitcode", "7").status, 7);
  const two = diff("-", "-");
  assert.deepEqual(
    [two.status, two.stderr],
    [2, "devmem-trace: Only one of the two recordings can be stdin.\n"],
  );
});

test("--json prints the same as an object", () => {
  const { outcome, roles } = JSON.parse(diff(CLEAN, LEAK, "--json").stdout);
  assert.deepEqual([outcome, roles[0].leaks], ["worse", { a: "no", b: "yes" }]);
});
