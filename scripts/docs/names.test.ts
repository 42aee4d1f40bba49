// names - What the pages name exists: files, verbs and options of the command line, npm scripts, benches, variables.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { program } from "../cli/program.ts";
import { codeLinesOf, FILES, PAGES, type Page, ROOT, spansOf } from "./pages.ts";

/** Pages of the present; the changelog names what was. */
const NOW = PAGES.filter(({ path }) => path !== "CHANGELOG.md");

/** Every source but these tests' own, as one text. */
const SOURCES = FILES.filter((path) => !/\.md$|\/testdata\/|^scripts\/docs\//.test(path))
  .map((path) => readFileSync(ROOT + path, "utf8"))
  .join("\n");

/** What a page names and what does not exist. */
const CHECKS: Record<string, (code: string[], page: Page) => string[]> = {
  "every path exists": (code) => code.flatMap(pathsIn).filter((path) => !exists(path)),
  "every file named without its folder exists": (_, page) =>
    spansOf(page)
      .filter((span) => /^(?!NAME)[\w-]+(\.test|\.e2e)?\.(ts|bt|cjs|md)$/.test(span))
      .filter((name) => !FILES.some((path) => `/${path}`.endsWith(`/${name}`))),
  "every npm script exists": (code) =>
    found(code, /\bnpm run ([\w:]+)/g).filter((name) => !(name in npmScripts())),
  "every bench exists": (code) =>
    found(code, /\bnpm run bench -- (\w+)/g).filter(
      (name) => !FILES.some((path) => /^scripts\/bench\//.test(path) && path.endsWith(`/${name}.ts`)),
    ),
  "every variable of the environment is read somewhere": (code) =>
    found(code, /\b((?:DEVMEM_TRACE|BPFTRACE)_[A-Z_]+)\b/g).filter((name) => !SOURCES.includes(name)),
};

for (const page of NOW)
  for (const [title, missingIn] of Object.entries(CHECKS))
    test(`${page.path}: ${title}`, () => {
      assert.deepEqual(missingIn(codeOf(page), page), []);
    });

describe("the command line", () => {
  let help: Map<string, string>;
  before(async () => {
    help = await helpOfEveryVerb();
  });

  for (const page of NOW) {
    test(`${page.path}: every verb has the options it is shown with`, () => {
      const commands = codeOf(page).flatMap((code) => commandsIn(code, [...help.keys()]));
      assert.deepEqual(
        commands.flatMap(({ verb, options }) => unknown(help.get(verb), verb, options)),
        [],
      );
    });

    test(`${page.path}: every option exists`, () => {
      const bare = found(spansOf(page), /^(--[a-z][\w-]*)/g);
      assert.deepEqual(
        bare.filter((option) => !isKnown(option, [...help.values()])),
        [],
      );
    });
  }
});

function codeOf(page: Page): string[] {
  return [...spansOf(page), ...codeLinesOf(page)];
}

/** The first group of every match. */
function found(code: string[], pattern: RegExp): string[] {
  return code.flatMap((text) => [...text.matchAll(pattern)].map(([, group = ""]) => group));
}

/** What a verb is shown with and does not have, or the verb. */
function unknown(help: string | undefined, verb: string, options: string[]): string[] {
  if (help === undefined) return [verb];
  return options.filter((option) => !hasOption(help, option)).map((option) => `${verb} ${option}`);
}

/** Paths from the root of the checkout in a piece of code; patterns and places to fill in are none. */
function pathsIn(code: string): string[] {
  return code
    .split(/[\s'"`=,;()<>|]+/)
    .filter(
      (word) => /^(\.ci|collector|docs|probes|scripts|tui)\//.test(word) && !/[*{}…]|[A-Z]{2,}/.test(word),
    )
    .map((word) => word.replace(/[:.…]+$/, "").replace(/\/$/, ""));
}

function exists(path: string): boolean {
  return FILES.some((file) => file === path || file.startsWith(`${path}/`));
}

function npmScripts(): Record<string, string> {
  return JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")).scripts;
}

interface Named {
  verb: string;
  options: string[];
}

/** Commands `devmem-trace VERB …` in a piece of code, and those that begin with a verb and have an option. */
function commandsIn(code: string, verbs: string[]): Named[] {
  const whole = [...code.matchAll(/(?:^|[\s/])devmem-trace ([a-z]+)(?= |$)([^|#;>)]*)/g)];
  const short = [...code.matchAll(/^([a-z]+)( [^|#;>)]*)$/g)].filter(([, verb = ""]) => verbs.includes(verb));
  return [...whole, ...short].map(([, verb = "", rest = ""]) => ({ verb, options: optionsIn(rest) }));
}

/** Options up to a lone `--`: what comes after it is another program's. */
function optionsIn(rest: string): string[] {
  const own = rest.split(/ --( |$)/)[0] ?? "";
  return own.split(" ").filter((word) => /^(-[a-zA-Z]|--[a-z][\w-]*)$/.test(word));
}

function hasOption(help: string, option: string): boolean {
  return new RegExp(`(^|[^\\w-])${option}(?![\\w-])`, "m").test(help);
}

/** The other programs of the tree that have options. */
const SCRIPTS = FILES.filter(
  (path) => path.startsWith("scripts/") && !/^scripts\/(cli|docs)\/|\.(test|e2e)\.ts$/.test(path),
).map((path) => readFileSync(ROOT + path, "utf8"));

/** Whether a verb has the option, or another program of the tree. */
function isKnown(option: string, help: string[]): boolean {
  return [...help, ...SCRIPTS].some((text) => hasOption(text, option));
}

/** Verb → the text of its --help. */
async function helpOfEveryVerb(): Promise<Map<string, string>> {
  const { commands } = await program();
  return new Map(commands.map((verb) => [verb.name(), verb.helpInformation()]));
}
