// scenarios - Runs every scenario file of the folder; a mistake in one is reported with file and line.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readScenarios } from "../testing/scenario-files.ts";
import { runScenario } from "../testing/scenario-run.ts";

const FOLDER = new URL("scenarios/", import.meta.url);

for (const name of readdirSync(FOLDER).filter((name) => name.endsWith(".scenario"))) {
  const file = `collector/ledger/scenarios/${name}`;
  for (const scenario of readScenarios(readFileSync(new URL(name, FOLDER), "utf8"), file))
    test(`${name}: ${scenario.title}`, () => runScenario(scenario));
}

function runText(text: string): void {
  for (const scenario of readScenarios(text, "x.scenario")) runScenario(scenario);
}

const MISTAKES: [what: string, line: string, message: RegExp][] = [
  ["an unknown kind", "clsoe s0", /^x\.scenario:2: "clsoe" is neither an event kind nor one of /],
  ["an unknown field", "close s0 heldd=3", /^x\.scenario:2: "close" has no field "heldd"; it has t, sk, /],
  ["a value of another type", "close s0 issued=many", /^x\.scenario:2: issued=many is not a value of this/],
  ["a word that is not a field", "close s0 23", /^x\.scenario:2: "23" is not FIELD=VALUE/],
  ["an unknown socket", "expect s7 verdict=clean", /^x\.scenario:2: the report has no "s7"/],
  [
    "an unknown field of the report",
    "expect run verdic=clean",
    /^x\.scenario:2: run: the report has no field "verdic" there/,
  ],
  ["an unknown level", "trace level=count", /^x\.scenario:2: "level=count" is not a level or variant: /],
  ["no expectation", "bind", /^x\.scenario:1: the scenario expects nothing/],
  ["another value than expected", "expect run verdict=leak", /^x\.scenario:2: run: verdict/],
  ["another line than expected", "prints CLEAN", /^x\.scenario:2: the line is another/],
  ["a text that the report does not have", "expect text leaked", /^x\.scenario:2: no line has "leaked"/],
];

for (const [what, line, message] of MISTAKES)
  test(`${what} in a scenario is an error with its place`, () =>
    assert.throws(() => runText(`scenario one\n${line}\n`), { message }));
