// examples - Outputs in the pages are what the commands print: DEVMEM_TRACE_GOLDEN=1 writes them into the pages.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Token, Tokens } from "marked";
import { PAGES, pageAt, pageOf, ROOT, rowsOf, spansOf } from "./pages.ts";

for (const page of PAGES) {
  const examples = page.blocks.map((block, at) => exampleOf(block, frameBefore(page.blocks, at)));
  if (examples.every((example) => example === null)) continue;
  test(`${page.path}: every example is what is printed now`, async () => {
    const now = await Promise.all(page.blocks.map(async ({ raw }, i) => (await examples[i]?.()) ?? raw));
    if (process.env.DEVMEM_TRACE_GOLDEN) writeFileSync(ROOT + page.path, `${now.join("").trimEnd()}\n`);
    for (const [i, { raw }] of pageAt(page.path).blocks.entries())
      assert.equal(raw, now[i], `${page.path}: DEVMEM_TRACE_GOLDEN=1 rewrites it`);
  });
}

test("docs/manual-mode.md: the sentences beside the option's documentation are printed for the recording of it", async () => {
  const printed = await outputOf(
    "scripts/devmem-trace live --plain collector/testdata/recordings/manual-v1.jsonl",
  );
  const cells = rowsOf(pageAt("docs/manual-mode.md"), "the option's documentation").map(
    ([, cell = ""]) => cell,
  );
  const spans = cells.flatMap((cell) => spansOf(pageOf("a cell", cell)));
  const sentences = spans.filter((span) => span.includes(" "));
  assert.ok(sentences.length > 0);
  assert.deepEqual(
    sentences.filter((sentence) => !printed.includes(sentence)),
    [],
  );
});

/** How a block is made anew; null where it is no example. */
function exampleOf(block: Token, frame: string | null): (() => string | Promise<string>) | null {
  if (block.type !== "code") return null;
  if (frame !== null) return () => fenced(block, framed(frame));
  return block.lang === "console" ? async () => fenced(block, await transcript(block.text)) : null;
}

/** `<!-- frame: FILE -->` above a block: the golden frame of the screen it shows. */
function frameBefore(blocks: Token[], at: number): string | null {
  const above = blocks[at - 1];
  return (above?.type === "html" && /<!-- frame: (\S+) -->/.exec(above.raw)?.[1]) || null;
}

/** A golden frame without its blank lines. */
function framed(path: string): string {
  const lines = readFileSync(ROOT + path, "utf8").split("\n");
  return lines.filter((line) => line.trim() !== "").join("\n");
}

/** The commands of a transcript, each line that begins with `$ `, and what each prints now. */
async function transcript(text: string): Promise<string> {
  const printed: string[] = [];
  for (const [, command = ""] of text.matchAll(/^\$ (.*)$/gm))
    printed.push(`$ ${command}\n${await outputOf(command)}`.trimEnd());
  return printed.join("\n");
}

/** Standard output of a command in the checkout's folder; any exit code will do. */
function outputOf(command: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("bash", ["-c", command], { cwd: ROOT }, (_error, stdout) => resolve(stdout));
  });
}

/** The block's raw text with another content. */
function fenced(block: Tokens.Code | Tokens.Generic, content: string): string {
  const after = /\n*$/.exec(block.raw)?.[0] ?? "";
  return `\`\`\`${block.lang}\n${content}\n\`\`\`${after}`;
}
