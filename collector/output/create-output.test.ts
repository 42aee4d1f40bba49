// create-output - A file is new, its owner's alone, under its name when it has content; what is there is replaced, never followed.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UserError } from "../base/errors.ts";
import { AS_SOURCES } from "../testing/tsx.ts";
import { createOutput, requireWritableFolder } from "./create-output.ts";
import type { OutputOptions } from "./output.ts";
import { writePieces } from "./pieces.ts";

const NEEDS_ROOT = process.geteuid?.() === 0 ? false : "needs root: it plants files as user nobody";
const NOBODY = { uid: 65534, gid: 65534 };

type Context = { after(done: () => void): void };

function folder(t: Context): string {
  const path = mkdtempSync(join(tmpdir(), "devmem-trace-output-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const bytes = Buffer.from("new");
const mode = (path: string) => lstatSync(path).mode & 0o777;

/** The sentence an output is refused with. */
function refused(path: string, options: OutputOptions = { force: false }): string {
  try {
    createOutput(path, options).discard();
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 1) return error.message;
    throw error;
  }
  return "";
}

test("a new file has mode 0600 and what was written, under any umask", async (t) => {
  const path = join(folder(t), "x");
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const output = createOutput(path, { force: false });
  await output.write(bytes);
  await output.close();
  assert.deepEqual([readFileSync(path, "utf8"), mode(path)], ["new", 0o600]);
});

test("a file that got no content is gone; one that is to be whole is gone unless it was closed", async (t) => {
  const dir = folder(t);
  createOutput(join(dir, "a"), { force: false }).discard();
  const output = createOutput(join(dir, "b"), { force: false, whole: true });
  await output.write(bytes);
  output.discard();
  assert.deepEqual(readdirSync(dir), []);
});

test("what exists stays without --force; with it, until there is content to replace it, all of it where that is asked for", async (t) => {
  const dir = folder(t);
  const path = join(dir, "x");
  writeFileSync(path, "old", { mode: 0o644 });
  assert.equal(refused(path), `${path} already exists: choose another name or use --force.`);
  createOutput(path, { force: true }).discard();
  assert.equal(readFileSync(path, "utf8"), "old");
  const part = createOutput(path, { force: true });
  await part.write(bytes);
  assert.deepEqual([readdirSync(dir), mode(path)], [["x"], 0o600]);
  await part.close();
  assert.equal(readFileSync(path, "utf8"), "new");
  const whole = createOutput(path, { force: true, whole: true });
  await whole.write(Buffer.from("newer"));
  assert.equal(readFileSync(path, "utf8"), "new");
  await whole.close();
  assert.deepEqual([readFileSync(path, "utf8"), readdirSync(dir)], ["newer", ["x"]]);
});

test("a link, dangling or not, is never followed: it exists, and --force replaces the link", async (t) => {
  const dir = folder(t);
  const [target, link, dangling] = [join(dir, "target"), join(dir, "link"), join(dir, "dangling")];
  writeFileSync(target, "old");
  symlinkSync(target, link);
  symlinkSync(join(dir, "nowhere"), dangling);
  for (const path of [link, dangling]) {
    assert.match(refused(path), /already exists/);
    await writePieces(createOutput(path, { force: true, whole: true }), ["new"]);
    assert.deepEqual([lstatSync(path).isFile(), readFileSync(path, "utf8")], [true, "new"]);
  }
  assert.deepEqual([readFileSync(target, "utf8"), existsSync(join(dir, "nowhere"))], ["old", false]);
});

test("other names of a file keep its content when it is replaced", async (t) => {
  const dir = folder(t);
  const [path, other] = [join(dir, "x"), join(dir, "other")];
  writeFileSync(path, "old");
  linkSync(path, other);
  await writePieces(createOutput(path, { force: true, whole: true }), ["new"]);
  assert.deepEqual([readFileSync(path, "utf8"), readFileSync(other, "utf8")], ["new", "old"]);
});

test("what is read is not written to, under whatever name", (t) => {
  const dir = folder(t);
  const input = join(dir, "input");
  writeFileSync(input, "old");
  linkSync(input, join(dir, "hard"));
  symlinkSync(input, join(dir, "soft"));
  mkdirSync(join(dir, "sub"));
  for (const path of [input, join(dir, "hard"), join(dir, "soft"), `${dir}/sub/../input`])
    assert.equal(
      refused(path, { force: true, input }),
      `${path} is the recording that is read: choose another name.`,
    );
  assert.equal(readFileSync(input, "utf8"), "old");
  assert.equal(refused(join(dir, "x"), { force: true, input }), "");
});

test("root is not led elsewhere by another user's link, whosever the folder is", {
  skip: NEEDS_ROOT,
}, (t) => {
  const dir = folder(t);
  for (const owner of [0, 65534]) {
    const [own, link] = [join(dir, `of-${owner}`), join(dir, `of-${owner}`, "made")];
    mkdirSync(own);
    symlinkSync(dir, link);
    lchownSync(link, 65534, 65534);
    chownSync(own, owner, owner);
    assert.equal(
      refused(join(link, "x")),
      `${join(link, "x")} cannot be written: ${link} is a link of user 65534.`,
    );
    process.env.SUDO_UID = "65534";
    assert.equal(refused(join(link, "x")), "");
    delete process.env.SUDO_UID;
    rmSync(join(dir, "x"), { force: true });
  }
});

test("a folder that is missing, is none or cannot be written to is a sentence", (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, "file"), "");
  assert.equal(refused("no/such/x"), "no/such/x cannot be written: the folder no/such does not exist.");
  assert.match(refused(join(dir, "file/x")), /file\/x cannot be written: .*file is not a folder\.$/);
  assert.match(refused(dir, { force: true }), /cannot be written: it is a folder\.$/);
  assert.match(refused("/proc/self/x"), /^\/proc\/self\/x cannot be written: E/);
  assert.throws(() => requireWritableFolder("/proc/self/x"), /^Error: \/proc\/self\/x cannot be written: E/);
  requireWritableFolder(join(dir, "x"));
  assert.deepEqual(readdirSync(dir), ["file"]);
});

test("a pipe and a device are written to as they are", async (t) => {
  const path = join(folder(t), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = spawn("cat", [path], { stdio: ["ignore", "pipe", "inherit"] });
  await writePieces(createOutput(path, { force: false, whole: true }), ["new"]);
  assert.equal(String((await once(reader.stdout, "data"))[0]), "new");
  assert.ok(lstatSync(path).isFIFO());
  const before = statSync("/dev/null").mode;
  const device = createOutput("/dev/null", { force: true });
  await device.write(bytes);
  await device.close();
  device.discard();
  assert.equal(statSync("/dev/null").mode, before);
});

test("a full disk is an error of write or close", async () => {
  await assert.rejects(
    writePieces(createOutput("/dev/full", { force: false }), ["x".repeat(1e6)]),
    /^Error: \/dev\/full cannot be written: ENOSPC/,
  );
});

test("a process that ends, by itself or by a signal, leaves no file without content", async (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, "old"), "old");
  const program = (end: string) => `
    import { createOutput } from "${new URL("create-output.ts", import.meta.url)}";
    createOutput(${JSON.stringify(join(dir, "x"))}, { force: false });
    createOutput(${JSON.stringify(join(dir, "old"))}, { force: true });
    ${end}`;
  const run = (end: string) =>
    spawnSync(process.execPath, [...AS_SOURCES, "--input-type=module", "-e", program(end)]);
  assert.equal(run("process.exit(4)").status, 4);
  assert.deepEqual(readdirSync(dir), ["old"]);
  assert.equal(run("process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 60_000);").signal, "SIGTERM");
  assert.deepEqual([readdirSync(dir), readFileSync(join(dir, "old"), "utf8")], [["old"], "old"]);
});

test("beside an ordinary user: their links to folders and pipes are not used", { skip: NEEDS_ROOT }, (t) => {
  const dir = folder(t);
  chmodSync(dir, 0o1777);
  mkdirSync(join(dir, "ours"));
  const plant = "ln -s ours theirs; ln -s ours/secret link; mkfifo pipe; mkdir made";
  spawnSync("/bin/sh", ["-c", plant], { cwd: dir, ...NOBODY });
  assert.match(
    refused(join(dir, "theirs/x")),
    /theirs\/x cannot be written: .*theirs is a link of user 65534\.$/,
  );
  assert.match(refused(join(dir, "link")), /already exists/);
  assert.match(refused(join(dir, "pipe"), { force: true }), /neither a file nor a pipe or device of yours/);
  assert.equal(refused(join(dir, "link"), { force: true }), "");
  assert.deepEqual(readdirSync(join(dir, "ours")), []);
  symlinkSync("ours", join(dir, "own"));
  assert.equal(refused(join(dir, "own/x")), "");
});
