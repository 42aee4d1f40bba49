// testbed.e2e.ts - the testbed's promises, kept on a real guest: streams, exit codes, signals, deadline, usage
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

/** Runs the testbed to its end; the output is bytes, up to 64 MB. */
function run(...args: string[]) {
  return spawnSync(testbed, args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 << 20 });
}

/** Runs a shell script in the default guest, without the NIC. */
function inGuest(script: string, ...options: string[]) {
  return run("run", "--no-nic", ...options, "--", "sh", "-c", script);
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

for (const [guest, release] of [
  ["trixie", /^6\.12\./],
  ["forky", /^7\./],
  ["autorelease", /^6\.12\..*-autorelease\n/],
] as const) {
  test(`${guest} boots its own kernel with what the tracer needs`, () => {
    const script = "uname -r; bpftrace --version; node --version; ls /dev/udmabuf /sys/kernel/btf/vmlinux";
    const { status, stdout } = inGuest(script, "--guest", guest);
    assert.equal(status, 0);
    assert.match(stdout.toString(), release);
    assert.match(
      stdout.toString(),
      /bpftrace v0\.2\d.*\nv2\d\..*\n\/dev\/udmabuf\n\/sys\/kernel\/btf\/vmlinux\n$/,
    );
  });

  test(`${guest} brings the NIC up, its peer in a network namespace`, () => {
    const script = "ip -br address show devmem0; ip netns exec peer ip -br address show devmem1";
    const { status, stdout } = run("run", "--guest", guest, "--", "sh", "-c", script);
    assert.equal(status, 0);
    assert.match(stdout.toString(), /^devmem0 .*192\.0\.2\.1\/24 2001:db8::1\/64/);
    assert.match(stdout.toString(), /\ndevmem1 .*192\.0\.2\.2\/24 2001:db8::2\/64/);
  });
}

test("the command starts in the checkout, and sees the folder given by --with", () => {
  writeFileSync(join(folder, "a file"), "its content");
  const { stdout } = inGuest("ls package.json; ls -A /mnt/with; cat '/mnt/with/a file'", "--with", folder);
  assert.equal(stdout.toString(), "package.json\na file\nits content");
});

test("stdout and stderr are kept apart and exact to the byte, also at the moment of power-off", () => {
  const bytes = randomBytes(5 << 20);
  writeFileSync(join(folder, "bytes"), bytes);
  const { status, stdout, stderr } = inGuest(
    "cat /mnt/with/bytes; printf 'no newline' >&2",
    "--with",
    folder,
  );
  assert.equal(status, 0);
  assert.ok(stdout.equals(bytes));
  assert.equal(stderr.toString(), "no newline");
});

for (const [script, code] of [
  ["exit 7", 7],
  ["kill -SEGV $$", 139],
  ["sleep 1000 & exit 3", 3],
] as const) {
  test(`'${script}' ends with ${code}`, () => assert.equal(inGuest(script).status, code));
}

test("a command that reads its input gets the host's", () => {
  const args = ["run", "--no-nic", "--", "sh", "-c", "wc -c; cat"];
  const { stdout } = spawnSync(testbed, args, { input: "x".repeat(100_000) });
  assert.equal(stdout.toString(), "100000\n");
});

test("SIGINT and SIGTERM reach the command", async () => {
  const script =
    'trap "echo INT; exit 5" INT; trap "echo TERM; exit 6" TERM; echo ready; while :; do sleep 0.1; done';
  assert.deepEqual(await signalled("SIGINT", script), { code: 5, output: "ready\nINT\n" });
  assert.deepEqual(await signalled("SIGTERM", script), { code: 6, output: "ready\nTERM\n" });
  assert.deepEqual(await signalled("SIGINT", "echo ready; sleep 1000"), { code: 130, output: "ready\n" });
});

test("a command that outlives --timeout is ended, and a sentence says so", () => {
  const { status, stderr } = inGuest("sleep 1000", "--timeout", "1");
  assert.equal(status, 124);
  assert.equal(stderr.toString(), "testbed: the command was still running after 1 s; ended it\n");
});

test("a guest that dies is told from a command that fails", () => {
  const { status, stderr } = inGuest("echo c >/proc/sysrq-trigger; sleep 1000");
  assert.equal(status, 125);
  assert.match(stderr.toString(), /sysrq triggered crash/);
  assert.match(stderr.toString(), /testbed: the guest ended without an exit code/);
});

for (const [args, sentence] of [
  [["run"], /no command; it goes after --/],
  [["run", "--guest", "nowhere", "--", "true"], /no guest called 'nowhere'/],
  [["run", "--timeout", "soon", "--", "true"], /--timeout takes whole seconds, not 'soon'/],
  [["run", "--with", "/nowhere", "--", "true"], /--with \/nowhere: no such directory/],
  [["run", "--with"], /--with needs a value/],
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
