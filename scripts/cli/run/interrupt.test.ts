// interrupt - A second signal while the first one is being handled: the process still exits, and what happens at exit happens.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { EXIT } from "../../../collector/base/errors.ts";
import { AS_SOURCES } from "../../../collector/testing/tsx.ts";

const INTERRUPT = new URL("./interrupt.ts", import.meta.url).href;

/** Runs `source`, which has onInterrupt; says "at exit" at its exit. */
function run(source: string) {
  const program = `
    const { onInterrupt } = await import(${JSON.stringify(INTERRUPT)});
    process.on("exit", () => console.log("at exit"));
    const send = (signal) => process.kill(process.pid, signal);
    setInterval(() => {}, 1000);
    ${source}`;
  const args = [...AS_SOURCES, "--input-type=module", "-e", program];
  const { status, signal, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { end: status ?? signal, said: stdout.trim().split("\n") };
}

test("the same signal again, sent while `stop` runs", () => {
  const { end, said } = run('onInterrupt(() => { console.log("stop"); send("SIGTERM"); }); send("SIGTERM");');
  assert.deepEqual([end, said], [EXIT.interrupted, ["stop", "at exit"]]);
});

test("another signal does not end it, and does not stop it twice", () => {
  const { end, said } = run(`
    onInterrupt(() => { console.log("stop"); send("SIGHUP"); setTimeout(() => process.exit(0), 200); });
    send("SIGTERM");`);
  assert.deepEqual([end, said], [0, ["stop", "at exit"]]);
});
