// pages - The front door holds: README.md stays small, every link leads somewhere, tables are those of the code.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { EXIT } from "../../collector/base/errors.ts";
import { LEVELS } from "../../collector/events/event.ts";
import { BINDING_VERDICTS, SOCKET_VERDICTS } from "../../collector/verdict/words.ts";
import { anchorsOf, FILES, PAGES, type Page, pageAt, ROOT, rowsOf, spansOf, targetsOf } from "./pages.ts";

const README_BYTES = 10 * 1024;

test("README.md is at most 10 KB", () => {
  assert.ok(Buffer.byteLength(pageAt("README.md").text) <= README_BYTES);
});

for (const page of PAGES)
  test(`${page.path}: every link leads to a file, and to a heading in it`, () => {
    for (const target of targetsOf(page).filter((href) => !/^[a-z]+:/.test(href))) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page.path : normalize(join(dirname(page.path), path));
      assert.ok(existsSync(ROOT + file), `${target}: there is no ${file}`);
      if (anchor !== undefined)
        assert.ok(anchorsOf(pageAt(file)).includes(anchor), `${target}: there is no such heading`);
    }
  });

test("the index links to every page", () => {
  const linked = targetsOf(pageAt("docs/README.md")).map((href) => normalize(join("docs", href)));
  for (const { path } of PAGES)
    assert.ok(["README.md", "docs/README.md", ...linked].includes(path), `${path} is not in docs/README.md`);
});

test("README.md and docs/verdicts.md have every exit code", () => {
  const inReadme = /Exit codes: (.*?)\. `check`/s.exec(pageAt("README.md").text)?.[1] ?? "";
  const codes = (texts: string[]) => texts.map((text) => Number.parseInt(text, 10));
  assert.deepEqual(codes(inReadme.split(" · ")), Object.values(EXIT));
  assert.deepEqual(codes(firstCells("docs/verdicts.md", "code")), Object.values(EXIT));
});

test("README.md and docs/verdicts.md have every verdict", () => {
  const missing = (path: string, titles: string[], words: readonly string[]) => {
    const cells = titles.flatMap((title) => firstCells(path, title)).join();
    return words.filter((word) => !cells.includes(`\`${word}\``));
  };
  const verdicts = [...SOCKET_VERDICTS, ...BINDING_VERDICTS];
  assert.deepEqual(missing("README.md", ["a socket is", "a dma-buf is"], verdicts), []);
  assert.deepEqual(missing("docs/verdicts.md", ["verdict"], verdicts), []);
});

test("docs/levels.md has every level", () => {
  const named = firstCells("docs/levels.md", "level").map((cell) => /`(\w+)`/.exec(cell)?.[1]);
  assert.deepEqual(named, [...LEVELS]);
});

test("docs/design.md has the rooms of .dependency-cruiser.cjs, and what each may import", () => {
  const rows = rowsOf(pageAt("docs/design.md"), "room");
  const named = rows.map(([room = "", , imports = ""]) => [
    room.replaceAll("`", ""),
    sorted(imports.split(", ")),
  ]);
  assert.deepEqual(Object.fromEntries(named), roomsByRule());
});

test("docs/design.md names every package that is depended on", () => {
  const { dependencies, devDependencies } = createRequire(import.meta.url)("../../package.json");
  const { text } = pageAt("docs/design.md");
  for (const name of Object.keys({ ...dependencies, ...devDependencies }))
    assert.ok(text.includes(`\`${name}\``), `${name} is not in docs/design.md`);
});

test("probes/README.md names every probe", () => {
  const named = spansOf(pageAt("probes/README.md"));
  const probes = FILES.flatMap((path) => /^probes\/([^/]+\.bt)$/.exec(path)?.[1] ?? []);
  assert.deepEqual(
    probes.filter((name) => !named.includes(name)),
    [],
  );
});

function firstCells(path: string, title: string): string[] {
  return rowsOf(pageAt(path) satisfies Page, title).map(([first = ""]) => first);
}

interface Rule {
  name: string;
  from: { path?: string };
  to: { pathNot?: string };
}

/** What .dependency-cruiser.cjs allows: room → rooms below it. */
function roomsByRule(): Record<string, string[]> {
  const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs");
  const rules = (forbidden as Rule[]).filter(({ name }) => name.endsWith("imports-only-what-is-below-it"));
  return Object.fromEntries(
    rules.map(({ from, to }) => {
      const room = from.path?.replace(/^\^|\/$/g, "") ?? "";
      const allowed = /\((.*)\)/.exec(to.pathNot ?? "")?.[1]?.split("|") ?? [];
      return [room, sorted(allowed.filter((name) => !room.endsWith(`/${name}`)))];
    }),
  );
}

function sorted(names: string[]): string[] {
  return names.filter((name) => name !== "").sort();
}
