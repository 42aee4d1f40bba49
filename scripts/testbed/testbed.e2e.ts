// testbed - The testbed's promises, on a real guest: streams, exit codes, signals, deadline, clock, usage.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const testbed = fileURLToPath(new URL("testbed", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "testbed-"));
after(() => rmSync(folder, { recursive: true }));

/** Runs the testbed to its end, without input. */
function run(...args: string[]) {
  return spawnSync(testbed, args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 << 20 });
}

/** Runs a shell script in the default guest, without the NIC; the output is bytes, up to 64 MB. */
function inGuest(script: string, { options = [], input }: { options?: string[]; input?: string } = {}) {
  const args = ["run", "--no-nic", ...options, "--", "sh", "-c", script];
  return input === undefined ? run(...args) : spawnSync(testbed, args, { input, maxBuffer: 64 << 20 });
}

/** Starts a shell script in the guest, sends SIGNAL once it has printed "ready", and waits for its end. */
async function signalled(signal: NodeJS.Signals, script: string) {
  const child: ChildProcess = spawn(testbed, ["run", "--no-nic", "--", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout?.on("data", (bytes) => {
    output += bytes;
    if (bytes.toString().includes("ready")) child.kill(signal);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, output };
}

test("the checkout, the folder of --with, the input; streams apart and exact to the byte; the exit code", () => {
  const bytes = randomBytes(5 << 20);
  writeFileSync(join(folder, "a file"), "its content");
  writeFileSync(join(folder, "bytes"), bytes);
  // The last bytes are on their way when the guest powers off; a process that is left does not hold it.
  const script = `ls package.json; ls -A /mnt/with; cat '/mnt/with/a file'; wc -c
    printf 'no newline' >&2; sleep 1000 & cat /mnt/with/bytes; exit 3`;
  const { status, stdout, stderr } = inGuest(script, {
    options: ["--with", folder],
    input: "x".repeat(100_000),
  });
  const text = "package.json\na file\nbytes\nits content100000\n";
  assert.equal(stdout.subarray(0, text.length).toString(), text);
  assert.ok(stdout.subarray(text.length).equals(bytes));
  assert.deepEqual([stderr.toString(), status], ["no newline", 3]);
});

test("a command that a signal ends: 128 and its number", () =>
  assert.equal(inGuest("kill -SEGV $$").status, 139));

test("SIGINT and SIGTERM reach the command", async () => {
  const script =
    'trap "echo INT; exit 5" INT; trap "echo TERM; exit 6" TERM; echo ready; while :; do sleep 0.1; done';
  assert.deepEqual(await signalled("SIGINT", script), { code: 5, output: "ready\nINT\n" });
  assert.deepEqual(await signalled("SIGTERM", script), { code: 6, output: "ready\nTERM\n" });
  assert.deepEqual(await signalled("SIGINT", "echo ready; sleep 1000"), { code: 130, output: "ready\n" });
});

test("a command that outlives --timeout is ended, with a sentence", () => {
  const { status, stderr } = inGuest("sleep 1000", { options: ["--timeout", "1"] });
  assert.equal(status, 124);
  assert.equal(stderr.toString(), "testbed: the command was still running after 1 s; ended it\n");
});

test("a guest that dies differs from a command that fails", () => {
  const { status, stderr } = inGuest("echo c >/proc/sysrq-trigger; sleep 1000");
  assert.equal(status, 125);
  assert.match(stderr.toString(), /sysrq triggered crash/);
  assert.match(stderr.toString(), /testbed: the guest ended without an exit code/);
});

test("the instruction clock: one CPU, and an hour of sleep takes no hour", () => {
  const script = "nproc; sleep 3600; cut -d. -f1 /proc/uptime";
  const { status, stdout } = inGuest(script, { options: ["--clock", "instructions"] });
  const [cpus, uptime] = stdout.toString().split("\n").map(Number);
  assert.deepEqual([status, cpus], [0, 1]);
  assert.ok(uptime && uptime > 3600);
});

for (const [args, sentence] of [
  [["run"], /no command; it goes after --/],
  [["run", "--guest", "nowhere", "--", "true"], /no guest is called 'nowhere'/],
  [["run", "--timeout", "soon", "--", "true"], /--timeout takes whole seconds, not 'soon'/],
  [["run", "--with", "/nowhere", "--", "true"], /--with \/nowhere: no such directory/],
  [["run", "--with"], /--with needs a value/],
  [["run", "--clock", "sundial", "--", "true"], /--clock takes usual or instructions, not 'sundial'/],
  [["run", "uname"], /'uname' is not an option of run/],
  [["walk"], /^usage: testbed run/],
] as const) {
  test(`testbed ${args.join(" ")}: usage`, () => {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 2);
    assert.equal(stdout.length, 0);
    assert.match(stderr.toString(), sentence);
  });
}
