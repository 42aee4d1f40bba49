// golden - Compares text with a file kept beside the tests; DEVMEM_TRACE_GOLDEN=1 writes the file instead.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

/** Asserts that `text` is the content of the golden file at `path`; rewrites the file first if the environment asks for it. */
export function golden(path: URL, text: string): void {
  if (process.env.DEVMEM_TRACE_GOLDEN) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"), `${path.pathname}: DEVMEM_TRACE_GOLDEN=1 rewrites it`);
}
