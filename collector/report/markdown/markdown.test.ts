// markdown - The captures as Markdown, and how an independent parser reads hostile names in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { marked, type Tokens } from "marked";
import { printable } from "../../base/format.ts";
import { golden } from "../../testing/golden.ts";
import { capture, named } from "../../testing/recordings.ts";
import { select } from "../selection.ts";
import { code } from "./escape.ts";
import { reportMarkdown } from "./markdown.ts";

for (const name of ["clean-v1", "leak-v1", "misdeeds-v1", "tokens-v1"])
  test(`${name} as Markdown`, async () => {
    const { report } = await select(await capture(name), {});
    golden(new URL(`../testdata/${name}.md`, import.meta.url), `${reportMarkdown(report).join("\n")}\n`);
  });

const hostile = fc.oneof(
  fc.string({ minLength: 1, maxLength: 15 }),
  fc
    .array(
      fc.constantFrom("|", "\\", "`", "@", "<", ">", "*", "_", "[", "](", "\n", "&#124;", "~", "a", " "),
      {
        minLength: 1,
        maxLength: 15,
      },
    )
    .map((parts) => parts.join("")),
);

const text = (html: string) =>
  html
    .replace(/<\/?code>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&(lt|gt|quot|amp);/g, (_, n) => ({ lt: "<", gt: ">", quot: '"', amp: "&" })[n as "lt"]);

test("a hostile name stays in its cell, as code", () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const source = `| a | b |\n| --- | --- |\n| ${code(name)} | end |\n`;
      const table = marked.lexer(source)[0] as Tokens.Table;
      assert.equal(table.type, "table");
      assert.deepEqual(
        table.rows.map((row) => row.length),
        [2],
      );
      const cell = marked.parseInline(table.rows[0]?.[0]?.text ?? "") as string;
      assert.match(cell, /^(<code>[^<]*<\/code>)?$/);
      assert.equal(text(cell).trim(), printable(name).trim());
    }),
  );
});

test("a whole report with hostile names has only paragraphs, tables and lists, and no link", async () => {
  for (const name of ["a|b`c @dev <img src=x>", "![x](y)](z", "www.evil.example"]) {
    const { report } = await select(await named("misdeeds-v1", name), {});
    const html = marked.parse(reportMarkdown(report).join("\n")) as string;
    const tags = new Set([...html.matchAll(/<([a-z0-9]+)/g)].map((m) => m[1]));
    const known = "p strong code table thead tbody tr th td ul li".split(" ");
    assert.deepEqual(
      [...tags].filter((tag) => !known.includes(tag as string)),
      [],
    );
    assert.doesNotMatch(html.replace(/<code>[^<]*<\/code>/g, ""), /@|www/);
  }
});
