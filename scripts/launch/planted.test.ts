// planted - What an ordinary user can lay into the working directory, folders above, the temporary directory and a home, and what
// the environment can name, is neither run nor read by root's devmem-trace. Each plant writes a file when it runs; controls
// show that it would, were it read.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { RECORDINGS } from "../../collector/testing/recordings.ts";
import { asNobody, NEEDS_ROOT, NOBODY, Scratch, sharedFolder } from "./scratch.ts";

const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));
const TRACE = join(CHECKOUT, "scripts/devmem-trace");
const MAIN = join(CHECKOUT, "scripts/cli/main.ts");
const TSX = join(CHECKOUT, "node_modules/tsx/dist/loader.mjs");
const AS_SOURCES = join(CHECKOUT, "scripts/tsx.mjs");
const FAKE_BPFTRACE = join(CHECKOUT, "collector/testing/fake-bpftrace");
const LEAK = fileURLToPath(new URL("leak-v1.jsonl", RECORDINGS));

/** Packages that programs import, or that a package would like to have. */
const PACKAGES = [
  ...[
    "commander",
    "koffi",
    "blessed",
    "protobufjs",
    "long",
    "csv-stringify",
    "pprof-format",
    "hyparquet-writer",
  ],
  ...["tsx", "esbuild", "typescript", "pty.js", "term.js", "@esbuild/linux-x64", "@koromix/koffi-linux-x64"],
];

/** Programs a PATH might find. */
const PROGRAMS = ["node", "bpftrace", "setpriv", "readlink", "dirname", "sed", "ls", "tsx", "esbuild", "npm"];

/** A shell script that plants all of it in a working directory, its parent, and a home there; run as nobody. */
const PLANT = `
cd ..
ln -s . above
mkdir -p work/.devmem-trace home bin tsx-0 tsx-65534 devmem-trace-1
evil='require("node:fs").writeFileSync("'$PWD'/fired/'
for place in above work home; do
  printf '%s\\n' '{ "compilerOptions": { "baseUrl": ".", "paths": { "*": ["./evil.cjs"] } } }' >$place/tsconfig.json
  printf '%s\\n' '{ "name": "evil", "type": "commonjs", "imports": { "#*": "./evil.cjs" } }' >$place/package.json
  printf '%s\\n' "\${evil}$place\\", \\"\\"); module.exports = new Proxy(function () {}, {});" >$place/evil.cjs
  printf '%s\\n' "NODE_OPTIONS=--require $PWD/$place/evil.cjs" >$place/.env
  printf '%s\\n' '{ "nodeOptions": { "import": ["'$PWD/$place/evil.cjs'"] } }' >$place/node.config.json
  printf '%s\\n' "script-shell=$PWD/bin/node" >$place/.npmrc
  for modules in node_modules .node_modules .node_libraries; do
    for name in ${PACKAGES.join(" ")}; do
      mkdir -p $place/$modules/$name
      cp $place/evil.cjs $place/$modules/$name/index.js
    done
  done
done
for name in ${PROGRAMS.join(" ")}; do
  printf '#!/bin/sh\\n: >%s\\n' "$PWD/fired/program-$name" >bin/$name
  chmod 755 bin/$name
  cp bin/$name work/$name
done
mkdir -p home/.terminfo/x
printf 'not terminfo' >home/.terminfo/x/xterm-256color
printf '[openssl_init]\\n.include %s\\n' "$PWD/none" >openssl.cnf
`;

describe("as root beside an ordinary user", { skip: NEEDS_ROOT }, () => {
  const shared = NEEDS_ROOT ? "" : sharedFolder();
  const [work, fired] = [join(shared, "work"), join(shared, "fired")];
  /** All that a variable can point to what was planted. */
  const environment = {
    PATH: `.::../bin:${shared}/bin:${process.env.PATH}`,
    HOME: join(shared, "home"),
    TMPDIR: shared,
    XDG_CACHE_HOME: join(shared, "home"),
    XDG_CONFIG_HOME: join(shared, "home"),
    NODE_OPTIONS: `--require ${shared}/evil.cjs`,
    NODE_PATH: join(shared, "node_modules"),
    NODE_COMPILE_CACHE: join(shared, "tsx-0"),
    NODE_REDIRECT_WARNINGS: join(fired, "warnings"),
    OPENSSL_CONF: join(shared, "openssl.cnf"),
    TSX_TSCONFIG_PATH: join(shared, "tsconfig.json"),
    ESBUILD_BINARY_PATH: join(shared, "bin/esbuild"),
    TERMINFO: join(shared, "home/.terminfo"),
    DEVMEM_TRACE_BPFTRACE: join(shared, "bin/bpftrace"),
    BPFTRACE_MAX_MAP_KEYS: "1",
    ENV: join(shared, "evil.sh"),
    BASH_ENV: join(shared, "evil.sh"),
  };

  before(() => {
    mkdirSync(work);
    mkdirSync(fired);
    for (const folder of [work, fired]) chmodSync(folder, 0o1777);
    writeFileSync(join(shared, "needs.ts"), 'import "wanted";');
    asNobody(PLANT, work);
    asNobody(`printf ': >%s\\n' ${fired}/shell >../evil.sh`, work);
  });
  after(() => rmSync(shared, { recursive: true, force: true }));

  /** What has run since the last call. */
  function ran(): string[] {
    const names = readdirSync(fired);
    for (const name of names) rmSync(join(fired, name));
    return names.sort();
  }

  /** Runs a program with all of it around. */
  function planted(program: string, args: string[], env: NodeJS.ProcessEnv = environment) {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: work, env, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  /** Runs it with nothing of the kind around. */
  function alone(program: string, args: string[]) {
    const env = { PATH: process.env.PATH };
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: "/", env, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  const { PATH, HOME } = process.env;
  const asks = (name: string) => ["-e", `require("${name}")`];
  const controls: Record<string, [args: string[], env: NodeJS.ProcessEnv, cwd: string, ran: string]> = {
    NODE_OPTIONS: [["-e", ""], { NODE_OPTIONS: environment.NODE_OPTIONS }, "/", "above"],
    NODE_PATH: [asks("pty.js"), { NODE_PATH: environment.NODE_PATH }, "/", "above"],
    "packages of the working directory": [asks("term.js"), {}, work, "work"],
    "packages of a folder above it": [asks("long"), {}, fired, "above"],
    "packages of a home": [asks("koffi"), { HOME: environment.HOME }, "/", "home"],
    "tsconfig.json of the working directory": [["--import", TSX, join(shared, "needs.ts")], {}, work, "work"],
    "tsconfig.json of a folder above it": [["--import", TSX, join(shared, "needs.ts")], {}, fired, "above"],
  };
  for (const [what, [args, env, cwd, place]] of Object.entries(controls))
    test(`control: ${what} would be read`, () => {
      spawnSync(process.execPath, args, { cwd, env: { PATH, HOME, ...env } });
      assert.deepEqual(ran(), [place]);
    });

  const verbs = [
    ["--version"],
    ["report", LEAK],
    ["report", "--json", LEAK],
    ["export", "--format", "perfetto", LEAK],
    ["export", "--format", "parquet", LEAK],
    ["live", "--plain", LEAK],
    ["schema", "report"],
    ["diff", LEAK, LEAK],
  ];
  for (const args of verbs)
    test(`devmem-trace ${args[0]} ${args[1] ?? ""}: as without`, () => {
      assert.deepEqual(planted(TRACE, args), alone(TRACE, args));
      assert.deepEqual(ran(), []);
    });

  test("devmem-trace check: runs none of it, says why", () => {
    const run = planted(TRACE, ["check", "--", "true"]);
    assert.equal(run.status, 4);
    assert.match(run.stderr, /DEVMEM_TRACE_BPFTRACE is not used: .* belongs to user 65534/);
    assert.deepEqual(ran(), []);
  });

  test("devmem-trace check: bpftrace gets an environment of ours, the command the user's", () => {
    const [tracer, own] = [join(shared, "tracer"), join(shared, "own")];
    mkdirSync(tracer);
    cpSync(FAKE_BPFTRACE, join(tracer, "bpftrace"));
    const command = ["/usr/bin/env", "-u", "OLDPWD", "/bin/sh", "-c", `/usr/bin/env >${own}`];
    const args = ["check", "--bpftrace", join(tracer, "bpftrace"), "--", ...command];
    const run = planted(TRACE, args, { ...environment, NODE_OPTIONS: "--no-warnings" });
    assert.match(run.stderr, /^verdict: clean/);
    assert.deepEqual(variables(join(tracer, "env")), {
      BPFTRACE_PRINT_MAPS_ON_EXIT: "0",
      LANG: "C.UTF-8",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      __BPFTRACE_NOTIFY_PROBES_ATTACHED: "1",
    });
    assert.equal(readFileSync(join(tracer, "cwd"), "utf8"), "/\n");
    assert.deepEqual(variables(own), { ...environment, NODE_OPTIONS: "--no-warnings" });
    assert.deepEqual(ran(), []);
  });

  /** What `env` wrote to a file, without what a shell sets by itself. */
  function variables(file: string): Record<string, string> {
    const pairs = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => /^(\w+)=(.*)$/.exec(line) ?? []);
    const own = ["PWD", "OLDPWD", "SHLVL", "_"];
    return Object.fromEntries(
      pairs.map(([, name = "", value = ""]) => [name, value]).filter(([name = ""]) => !own.includes(name)),
    );
  }

  test("compiling a checkout that lies in a shared folder reads none of it", () => {
    const checkout = new Scratch(shared);
    assert.deepEqual(
      planted(join(checkout.root, "scripts/run-ts"), [join(checkout.root, "scripts/hello.ts")]),
      {
        status: 0,
        stdout: "hello world\n",
        stderr: "",
      },
    );
    assert.deepEqual(ran(), []);
  });

  test("the sources by tsx: neither the configuration nor the cache of others", () => {
    const env = { PATH, TMPDIR: shared };
    const args = ["--import", AS_SOURCES, MAIN, "--version"];
    const cache = join(shared, "tsx-0");
    chownSync(cache, 0, 0); // As if it had been there before.
    assert.deepEqual(planted(process.execPath, args, env), alone(TRACE, ["--version"]));
    assert.deepEqual([ran(), readdirSync(cache)], [[], []]);
    spawnSync(process.execPath, ["--import", TSX, MAIN, "--version"], { cwd: "/", env });
    poison(cache);
    spawnSync(process.execPath, ["--import", TSX, MAIN, "--version"], { cwd: "/", env });
    assert.deepEqual(ran(), ["cache"], "control: the cache would be read");
    assert.deepEqual(planted(process.execPath, args, env), alone(TRACE, ["--version"]));
    assert.deepEqual(ran(), []);
  });

  /** Adds to everything in tsx's cache. */
  function poison(cache: string): void {
    const evil = `process.getBuiltinModule("node:fs").writeFileSync(${JSON.stringify(join(fired, "cache"))}, "");`;
    for (const name of readdirSync(cache)) {
      const entry = JSON.parse(readFileSync(join(cache, name), "utf8")) as { code: string };
      writeFileSync(join(cache, name), JSON.stringify({ ...entry, code: evil + entry.code }));
      chownSync(join(cache, name), NOBODY.uid, NOBODY.gid);
    }
  }
});
