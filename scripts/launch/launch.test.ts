// launch - scripts/run-ts compiles when a source has changed and only then, by whoever comes first; nothing but the checkout decides what runs.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CHECKOUT, sources } from "./checkout.mjs";
import { lay, NEEDS_ROOT, NOBODY, Scratch, scratch, sharedFolder } from "./scratch.ts";

test("a program is compiled once and run with its arguments and the files it reads", (t) => {
  const checkout = scratch(t);
  const first = checkout.run(["scripts/hello.ts", "a b", "--", "c"], { cwd: checkout.root });
  assert.deepEqual([first.status, first.stdout, first.stderr], [0, "hello world a b -- c\n", ""]);
  const builds = checkout.builds();
  assert.equal(builds.filter((name) => name !== "cache").length, 1);
  assert.equal(checkout.hello({ cwd: "/" }).stdout, "hello world\n");
  assert.deepEqual(checkout.builds(), builds);
});

test("a changed source is compiled again, and by its content: not even its time need change", (t) => {
  const checkout = scratch(t);
  checkout.hello();
  const file = join(checkout.root, "probes/word.bt");
  const { atime, mtime } = statSync(file);
  writeFileSync(file, "there");
  utimesSync(file, atime, mtime);
  assert.equal(checkout.hello().stdout, "hello there\n");
  writeFileSync(file, "world");
  assert.equal(checkout.hello().stdout, "hello world\n");
});

test("many at once: each runs, one build is there", async (t) => {
  const checkout = scratch(t);
  const program = join(checkout.root, "scripts/hello.ts");
  const all = Array.from({ length: 6 }, () => spawn(join(checkout.root, "scripts/run-ts"), [program]));
  const codes = await Promise.all(all.map(async (child) => (await once(child, "exit"))[0]));
  assert.deepEqual(codes, [0, 0, 0, 0, 0, 0]);
  assert.equal(checkout.builds().filter((name) => name !== "cache").length, 1);
});

test("builds do not pile up", (t) => {
  const checkout = scratch(t);
  for (let i = 0; i < 12; i++) {
    writeFileSync(join(checkout.root, "probes/word.bt"), String(i));
    assert.equal(checkout.hello().stdout, `hello ${i}\n`);
  }
  assert.ok(checkout.builds().length < 10);
});

test("what does not compile is a sentence", (t) => {
  const checkout = scratch(t);
  writeFileSync(join(checkout.root, "scripts/hello.ts"), "const a: = 1;");
  const run = checkout.hello();
  assert.equal(run.status, 4);
  assert.match(run.stderr, /^run-ts: the checkout does not compile\..*\n(.*\n)*.*hello\.ts:1:9: ERROR/);
  assert.doesNotMatch(run.stderr, /\bat .*mjs/);
});

test("a package without the compiler runs what was compiled, and nothing else", (t) => {
  const checkout = scratch(t);
  checkout.hello();
  rmSync(join(checkout.root, "node_modules"));
  assert.equal(checkout.hello().stdout, "hello world\n");
  writeFileSync(join(checkout.root, "probes/word.bt"), "there");
  const run = checkout.hello();
  assert.equal(run.status, 4);
  assert.match(run.stderr, /^run-ts: the checkout is not compiled, .*not installed.*scripts\/setup\n$/);
});

test("the packed package has every source and the build of them, and no tests", () => {
  const options = { cwd: CHECKOUT, encoding: "utf8" } as const;
  const build = spawnSync("scripts/run-ts", ["--build"], options)
    .stdout.trim()
    .slice(CHECKOUT.length + 1);
  const packed = JSON.parse(
    spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], options).stdout,
  );
  const paths = new Set((packed[0].files as { path: string }[]).map(({ path }) => path));
  const wanted = sources(() => {}).flatMap(({ path }) => [path, join(build, path.replace(/\.ts$/, ".js"))]);
  assert.ok(wanted.length > 300);
  assert.deepEqual(
    wanted.filter((path) => !paths.has(path)),
    [],
  );
  assert.deepEqual(
    [...paths].filter((path) => /testdata|\.(test|e2e)\./.test(path)),
    [],
  );
});

test("what is not a program of the checkout is a sentence", (t) => {
  const checkout = scratch(t);
  for (const name of ["no/such.ts", "/etc/passwd", "package.json", ""]) {
    const run = checkout.run(name ? [name] : [], { cwd: checkout.root });
    assert.equal(run.status, 4, name);
    assert.match(run.stderr, /^run-ts: there is no program .*\n$/);
  }
});

test("variables that Node and its libraries read do not reach the program, which gets them under another name", (t) => {
  const checkout = scratch(t);
  const evil = join(checkout.root, "evil.cjs");
  lay(checkout.root, {
    "evil.cjs": 'console.log("evil")',
    "scripts/hello.ts": `for (const [name, value] of Object.entries(process.env))
  if (/^(DEVMEM_TRACE_USER_)?(NODE|TSX|LD|OPENSSL)_|^PATH|^HOME/.test(name)) console.log(name + "=" + value);`,
  });
  const env = {
    NODE_OPTIONS: `--require ${evil}`,
    NODE_PATH: "/tmp",
    LD_LIBRARY_PATH: "it's\nexport NODE_NONE='1'",
    OPENSSL_CONF: "/tmp/openssl.cnf",
    TSX_TSCONFIG_PATH: "",
    PATH: process.env.PATH,
    HOME: "/home/somebody",
  };
  const lines = checkout.hello({ env }).stdout.trimEnd().split("\n").sort();
  assert.deepEqual(lines, [
    "DEVMEM_TRACE_USER_LD_LIBRARY_PATH=it's",
    `DEVMEM_TRACE_USER_NODE_OPTIONS=--require ${evil}`,
    "DEVMEM_TRACE_USER_NODE_PATH=/tmp",
    "DEVMEM_TRACE_USER_OPENSSL_CONF=/tmp/openssl.cnf",
    "DEVMEM_TRACE_USER_TSX_TSCONFIG_PATH=",
    "HOME=/home/somebody",
    `PATH=${process.env.PATH}`,
    "export NODE_NONE='1'",
  ]);
});

test("node is not taken from the working directory nor from a folder everybody may write to", (t) => {
  const checkout = scratch(t);
  const [here, open] = [join(checkout.root, "here"), join(checkout.root, "open")];
  for (const folder of [here, open]) {
    mkdirSync(folder);
    writeFileSync(join(folder, "node"), "#!/bin/sh\necho evil\n", { mode: 0o755 });
  }
  chmodSync(open, 0o777);
  const PATH = `.::here:${open}:${process.env.PATH}`;
  assert.equal(checkout.hello({ cwd: here, env: { PATH } }).stdout, "hello world\n");
  const none = checkout.hello({ cwd: here, env: { PATH: `.:${open}` } });
  assert.equal(none.status, 4);
  assert.match(none.stderr, /^run-ts: no folder of PATH has a node that only root/);
});

test("a package that is missing is not looked for above the checkout", (t) => {
  const checkout = scratch(t);
  const above = join(checkout.root, "../node_modules");
  lay(above, { "left/index.js": 'console.log("evil")', "left/package.json": '{ "main": "index.js" }' });
  lay(checkout.root, {
    "scripts/hello.ts": `import { createRequire } from "node:module";
try {
  createRequire(import.meta.url)("left");
} catch (error) {
  console.log((error as { code: string }).code);
}`,
  });
  assert.equal(checkout.hello().stdout, "MODULE_NOT_FOUND\n");
  lay(checkout.root, { "package.json": '{ "type": "module", "dependencies": { "left": "1.0.0" } }' });
  const run = checkout.hello();
  assert.equal(run.status, 4);
  assert.match(
    run.stderr,
    /^run-ts: the npm package left is not in .*checkout\/node_modules\. Try: .*setup\n$/,
  );
});

test("what others can write to is not run as root", { skip: NEEDS_ROOT }, (t) => {
  const checkout = scratch(t);
  checkout.hello();
  const [build = ""] = checkout.builds().filter((name) => name !== "cache");
  const open = (path: string, mode = 0o777) => chmodSync(join(checkout.root, path), mode);
  for (const path of ["collector", "scripts/hello.ts", ".", "build", `build/${build}`, ".."]) {
    const { mode } = statSync(join(checkout.root, path));
    open(path);
    const run = checkout.hello();
    assert.deepEqual([run.status, run.stdout], [4, ""], path);
    assert.match(run.stderr, /^run-ts: .* can be written to by .* Try: chmod .*\n$/);
    open(path, mode);
  }
  chownSync(join(checkout.root, "collector/word.ts"), NOBODY.uid, 0);
  assert.match(
    checkout.hello().stderr,
    /^run-ts: .*word\.ts belongs to user 65534, the checkout to user 0: .*\n$/,
  );
});

test("a build that is a link is not run", { skip: NEEDS_ROOT }, (t) => {
  const checkout = scratch(t);
  checkout.hello();
  const elsewhere = sharedFolder();
  t.after(() => rmSync(elsewhere, { recursive: true }));
  const other = new Scratch(elsewhere);
  writeFileSync(join(other.root, "probes/word.bt"), "evil");
  other.hello();
  const [build = ""] = checkout.builds().filter((name) => name !== "cache");
  const [evil = ""] = other.builds().filter((name) => name !== "cache");
  rmSync(join(checkout.root, "build", build), { recursive: true });
  symlinkSync(join(other.root, "build", evil), join(checkout.root, "build", build));
  const run = checkout.hello();
  assert.deepEqual([run.status, run.stdout], [4, ""]);
  assert.match(run.stderr, /^run-ts: .*build\/[0-9a-f]+ cannot be made: .*\n$/);
});

test("root compiles another user's checkout as that user", { skip: NEEDS_ROOT }, (t) => {
  const checkout = scratch(t);
  const files = [checkout.root, ...inside(checkout.root)];
  for (const file of files) lchownSync(file, NOBODY.uid, NOBODY.gid);
  assert.equal(checkout.hello().stdout, "hello world\n");
  const compiled = inside(checkout.root).filter((file) => !files.includes(file));
  assert.ok(compiled.some((file) => file.endsWith("scripts/hello.js")));
  for (const file of compiled) assert.equal(lstatSync(file).uid, NOBODY.uid, file);
});

/** Everything in a folder. */
function inside(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !file.startsWith("node_modules/"))
    .map((file) => join(folder, file));
}
