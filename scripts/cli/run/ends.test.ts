// ends - However a trace ends, nothing is left: no tracer attached, no process of the command that was to end, no file without content.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { AS_SOURCES } from "../../../collector/testing/tsx.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FAKE_BPFTRACE = fileURLToPath(new URL("../../../collector/testing/fake-bpftrace", import.meta.url));
const NEEDS_ROOT = process.geteuid?.() === 0 ? false : "needs root: only root may trace";

describe("a trace", { skip: NEEDS_ROOT }, () => {
  let folder = "";
  let running: ChildProcess | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "devmem-trace-ends-"));
    cpSync(FAKE_BPFTRACE, join(folder, "bpftrace/bpftrace"), { recursive: true });
  });
  afterEach(() => {
    running?.kill("SIGKILL");
    for (const name of ["tracer", "child"]) if (isAlive(name)) process.kill(pidOf(name), "SIGKILL");
    rmSync(folder, { recursive: true });
  });

  /** Starts a verb in the folder; `{}` in an argument stands for it. */
  function start(verb: string, ...args: string[]) {
    const options = ["--bpftrace", join(folder, "bpftrace/bpftrace")];
    const all = args.map((arg) => arg.replaceAll("{}", folder));
    const child = spawn(process.execPath, [...AS_SOURCES, MAIN, verb, ...options, ...all], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    running = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const end = once(child, "close").then(([code, signal]) => ({ code: code ?? signal, said }));
    return { child, end };
  }

  /** Number of the process that wrote it to a file. */
  function pidOf(name: string): number {
    const file = name === "tracer" ? "bpftrace/started" : name;
    return existsSync(join(folder, file)) ? Number(readFileSync(join(folder, file), "utf8")) : 0;
  }

  /** A zombie has ended: who has to take note of that is another question. */
  function isAlive(name: string): boolean {
    const file = `/proc/${pidOf(name)}/stat`;
    return pidOf(name) > 0 && existsSync(file) && !/\) [ZX] /.test(readFileSync(file, "utf8"));
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await setTimeout(20);
  }

  const REFUSED: [args: string[], why: RegExp][] = [
    [
      ["record", "-o", "no/such/x.dmt"],
      /no\/such\/x\.dmt cannot be written: the folder no\/such does not exist/,
    ],
    [["record", "-o", "dangling.dmt"], /dangling\.dmt already exists/],
    [["record", "-f", "-o", "."], /\. cannot be written: it is a folder/],
    [["record", "-o", "no/x.dmt", "--rotate", "64K"], /the folder no does not exist/],
    [["record", "-o", "taken.dmt", "--rotate", "64K"], /taken\.1\.dmt already exists/],
    [["record", "-o", "no/x.dmt", "--ring", "60s"], /the folder no does not exist/],
    [["check", "--record", "no/x.dmt"], /the folder no does not exist/],
    [["check", "--record", "taken.1.dmt"], /taken\.1\.dmt already exists/],
    [["check", "--report", "taken.1.dmt"], /taken\.1\.dmt already exists/],
    [["profile", "-o", "no/x"], /the folder no does not exist/],
    [["live", "--plain", "--record", "no/x"], /the folder no does not exist/],
  ];
  for (const [[verb = "", ...args], why] of REFUSED)
    test(`${verb} ${args.join(" ")}: refused before anything runs`, async () => {
      symlinkSync(join(folder, "nowhere"), join(folder, "dangling.dmt"));
      writeFileSync(join(folder, "taken.1.dmt"), "old");
      const files = readdirSync(folder);
      const command = verb === "live" ? [] : ["--", "touch", "ran"];
      const { code, said } = await start(verb, ...args, ...command).end;
      assert.match(said, why);
      assert.equal(code, 1);
      assert.equal(pidOf("tracer"), 0);
      assert.deepEqual(readdirSync(folder), files);
    });

  test("a tracer that cannot attach leaves no file", async () => {
    writeFileSync(
      join(folder, "bpftrace/bpftrace"),
      "#!/bin/sh\n[ $1 != --version ] || echo bpftrace v0.23.2\n",
    );
    const files = readdirSync(folder);
    const { code, said } = await start("check", "--record", "a", "--report", "b", "--", "touch", "ran").end;
    assert.deepEqual([code, readdirSync(folder)], [4, files], said);
  });

  test("a disk that is full: the command goes on to its end, nothing stays attached, exit code 1", async () => {
    const { code, said } = await start(
      "record",
      "-o",
      "/dev/full",
      "--",
      "sh",
      "-c",
      "sleep 1; echo $$ >{}/child",
    ).end;
    assert.match(said, /\/dev\/full cannot be written: ENOSPC/);
    assert.equal(code, 1);
    assert.ok(pidOf("tracer") > 0 && !isAlive("tracer"));
    assert.ok(pidOf("child") > 0);
  });

  test("an error in the middle: exit code 1, neither tracer nor command goes on", async () => {
    const { code, said } = await start(
      "profile",
      "-o",
      "/dev/full",
      "--",
      "sh",
      "-c",
      "echo $$ >{}/child; sleep 1000",
    ).end;
    assert.match(said, /\/dev\/full cannot be written: ENOSPC/);
    assert.equal(code, 1);
    assert.ok(pidOf("tracer") > 0 && !isAlive("tracer"));
    await until(() => !isAlive("child"));
  });

  const CHILD = "sleep 1000 2>/dev/null & echo $! >{}/child.new; mv {}/child.new {}/child";
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    test(`${signal}: ends what the command has started, reports, exit code 130`, async () => {
      const { child, end } = start("check", "--", "sh", "-c", `${CHILD}; wait`);
      await until(() => isAlive("child"));
      child.kill(signal);
      const { code, said } = await end;
      assert.match(said, /^verdict: /);
      assert.equal(code, 130);
      await until(() => !isAlive("child"));
      assert.ok(!isAlive("tracer"));
    });

  test("what ignores SIGTERM does not outlive us when the command has ended", async () => {
    const { child, end } = start("check", "--", "sh", "-c", `(trap '' TERM; ${CHILD}; wait) & wait`);
    await until(() => isAlive("child"));
    child.kill("SIGTERM");
    assert.equal((await end).code, 130);
    await until(() => !isAlive("child"));
  });

  test("a second signal ends everything at once", async () => {
    const { child, end } = start(
      "check",
      "--",
      "sh",
      "-c",
      `trap 'echo 1 >{}/asked' TERM; ${CHILD}; while :; do wait; done`,
    );
    await until(() => isAlive("child"));
    child.kill("SIGTERM");
    await until(() => existsSync(join(folder, "asked")));
    child.kill("SIGTERM");
    const { code, said } = await end;
    assert.deepEqual([code, said], [130, ""]);
    await until(() => !isAlive("child") && !isAlive("tracer"));
  });

  test("what a command leaves behind on purpose stays", async () => {
    const { code } = await start("check", "--", "sh", "-c", CHILD).end;
    assert.equal(code, 0);
    assert.ok(isAlive("child"));
  });
});
