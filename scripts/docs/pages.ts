// pages - The Markdown pages of the tree, as an independent parser reads them: headings, links, code.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { marked, type Token, type Tokens } from "marked";

/** The checkout, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Every file of the checkout, as a path from its root, but for what is installed or hidden. */
export const FILES: readonly string[] = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length).replace(/^\/+/, ""))
  .filter((path) => !/(^|\/)node_modules\/|^(\.git|build)\//.test(path));

/** One page. `path` is from the root of the checkout. */
export interface Page {
  path: string;
  text: string;
  /** Blocks, in order: their raw texts together are `text`. */
  blocks: Token[];
}

/** Every page of the tree; Markdown that tests keep in a testdata folder is none. */
export const PAGES: readonly Page[] = FILES.filter((path) => /\.md$/.test(path))
  .filter((path) => !path.includes("/testdata/"))
  .map(pageAt);

/** The page at `path`. */
export function pageAt(path: string): Page {
  return pageOf(path, readFileSync(ROOT + path, "utf8"));
}

/** A page that is called `path`, or a piece of one. */
export function pageOf(path: string, text: string): Page {
  return { path, text, blocks: marked.lexer(text) };
}

/** Every token of a page, blocks and what is inside them. */
export function tokensOf({ blocks }: Page): Token[] {
  const all: Token[] = [];
  marked.walkTokens(blocks, (token) => {
    all.push(token);
  });
  return all;
}

/** Where its links and images lead to. */
export function targetsOf(page: Page): string[] {
  return tokensOf(page)
    .filter((token): token is Tokens.Link | Tokens.Image => token.type === "link" || token.type === "image")
    .map(({ href }) => href);
}

/** Its code spans. */
export function spansOf(page: Page): string[] {
  return tokensOf(page)
    .filter((token): token is Tokens.Codespan => token.type === "codespan")
    .map(({ text }) => text);
}

/** The lines of its code blocks. */
export function codeLinesOf(page: Page): string[] {
  return tokensOf(page)
    .filter((token): token is Tokens.Code => token.type === "code")
    .flatMap(({ text }) => text.split("\n"));
}

/** The names its headings can be linked to by, as GitHub makes them. */
export function anchorsOf(page: Page): string[] {
  return tokensOf(page)
    .filter((token): token is Tokens.Heading => token.type === "heading")
    .map(({ text }) => anchor(text));
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** The rows of the page's tables whose first title is `title`, each cell as Markdown. */
export function rowsOf(page: Page, title: string): string[][] {
  return tokensOf(page)
    .filter((token): token is Tokens.Table => token.type === "table" && token.header[0]?.text === title)
    .flatMap(({ rows }) => rows.map((row) => row.map(({ text }) => text)));
}
