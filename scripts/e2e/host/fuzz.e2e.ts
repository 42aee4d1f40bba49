// fuzz - The unit suite's fuzz tests a hundred times longer: a million probe lines, ten thousand recordings. Needs no guest.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { AS_SOURCES } from "../../../collector/testing/tsx.ts";

const SUITE = new URL("../../../collector/recording/format/fuzz.test.ts", import.meta.url).pathname;

test("a million probe lines and ten thousand recordings with anything done to them", async (t) => {
  // Without NODE_TEST_CONTEXT the inner runner prints for people, not for this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [...AS_SOURCES, "--test", "--test-reporter=tap", SUITE], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...env, DEVMEM_TRACE_ALL: "1" },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, said.slice(-4000));
  assert.match(said, /^ok 1 - 1000000 probe lines/m);
  assert.match(said, /^ok 2 - 10000 recordings/m);
  for (const line of said.split("\n").filter((l) => l.includes("heap grew")))
    t.diagnostic(line.replace("# ", ""));
});
