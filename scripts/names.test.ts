// names - No program of the tree has the name of a program it calls by bare name: with its folder in PATH it would
// run itself for ever.

import assert from "node:assert/strict";
import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SCRIPTS = fileURLToPath(new URL(".", import.meta.url));

const files = readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" })
  .map((file) => join(SCRIPTS, file))
  .filter((file) => statSync(file).isFile());
const programs = files.filter(isProgram);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).mode % 2 === 1;
  } catch {
    return false;
  }
}

/** Bare names a shell script runs, as far as one line shows; functions of its own are not programs. */
function calledBy(script: string): Set<string> {
  const text = script.replace(/^\s*#.*$/gm, "").replace(/<<-?'?(\w+)'?\n[\s\S]*?\n\1$/gm, "");
  const own = new Set([...text.matchAll(/^\s*([\w-]+)\(\)/gm)].map(([, name]) => name));
  const command =
    /(?:^|[;|&({!])[^\S\n]*(?:(?:exec|then|do|else|elif|if|while|until|env|sudo)\s+)*([\w.-]+)(?=\s|$|;)/gm;
  const names = [...text.matchAll(command)].map(([, name = ""]) => name);
  return new Set(names.filter((name) => !own.has(name)));
}

/** Bare names a TypeScript program runs. */
function spawnedBy(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/\b(?:spawn|spawnSync|execFile\w*)\("([\w.-]+)"/g)].map(([, n = ""]) => n),
  );
}

test("calls are found in scripts", () => {
  const script = '# node x\nmine() { tool; }\nmine || exec node "$1"\nif a; then b | c\nfi\n';
  assert.deepEqual([...calledBy(script)].sort(), ["a", "b", "c", "fi", "node", "tool"]);
});

/** Bare names the file runs. */
function callsOf(file: string): Set<string> {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".ts")) return spawnedBy(text);
  return isProgram(file) ? calledBy(text) : new Set();
}

const calls = new Map(files.map((file) => [file, callsOf(file)]));

test("no program has the name of a program it calls", () => {
  assert.ok(programs.length > 10, "programs are found");
  assert.ok(
    [...calls.values()].some((names) => names.has("node")),
    "calls are found",
  );
  const trapped = programs.filter((file) => calls.get(file)?.has(basename(file)));
  assert.deepEqual(trapped, []);
});

test("no program of scripts/, the folder to put in PATH, has the name of a program the tree calls", () => {
  const called = new Set([...calls.values()].flatMap((names) => [...names]));
  const offered = programs.filter((file) => dirname(file) === dirname(join(SCRIPTS, "run-ts")));
  assert.ok(offered.length >= 5);
  assert.deepEqual(
    offered.filter((file) => called.has(basename(file))),
    [],
  );
});
