// program - The declarations: every verb and option is described, and one alone is what it is among the others.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { AS_SOURCES } from "../../collector/testing/tsx.ts";
import { program } from "./program.ts";
import { VERBS } from "./verbs.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

test("every verb is declared under its name, and everything it takes is described", async () => {
  const { commands } = await program();
  assert.deepEqual(
    commands.map((verb) => verb.name()),
    Object.keys(VERBS),
  );
  for (const verb of commands)
    for (const { description } of [...verb.registeredArguments, ...verb.options])
      assert.match(description ?? "", /\w/, verb.name());
  for (const verb of commands) assert.match(verb.description(), /\w/, verb.name());
});

test("a verb declared alone has the help it has among the others", async () => {
  const { commands } = await program();
  for (const [i, name] of Object.keys(VERBS).entries()) {
    const alone = (await program(name)).commands;
    assert.deepEqual(
      alone.map((verb) => verb.helpInformation()),
      [commands[i]?.helpInformation()],
    );
  }
});

test("a mistyped verb or option is a usage error that names the nearest", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...AS_SOURCES, MAIN, ...args], { encoding: "utf8" });
  const verb = run("reprot");
  assert.equal(verb.status, 2);
  assert.match(verb.stderr, /unknown command 'reprot'\s+\(Did you mean report\?\)/);
  const option = run("report", "x", "--jsno");
  assert.equal(option.status, 2);
  assert.match(option.stderr, /unknown option '--jsno'\s+\(Did you mean --json\?\)/);
});
