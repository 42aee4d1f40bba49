// exports - Every capture through every exporter: the same bytes each time, hostile names, cut and lossy streams.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { printable } from "../base/format.ts";
import { exported } from "../testing/exports.ts";
import { ALL } from "../testing/gauntlet.ts";
import { capture, FILES, named, streamOf } from "../testing/recordings.ts";
import { TABLES } from "./exporter.ts";
import { BINARY, FORMATS, type Format } from "./formats.ts";

const formats = Object.keys(FORMATS) as Format[];
const tablesOf = (format: Format) => (["csv", "parquet"].includes(format) ? TABLES : TABLES.slice(0, 1));

test("every capture of every format version through every exporter, the same bytes each time", async () => {
  assert.ok(FILES.length >= 6);
  for (const file of FILES)
    for (const format of formats)
      for (const table of tablesOf(format)) {
        const once = () => exported(streamOf(readFileSync(file)), format, { table });
        const first = await once();
        // At level counts tokens may show only once they are returned: then none was ever seen held.
        assert.ok(first.length > 0 || format === "folded", `${file} as ${format}`);
        if (file === FILES.at(-1) || ALL) assert.deepEqual(await once(), first, `${file} as ${format}`);
      }
});

test("a capture that is cut anywhere, or has a torn line, is exported", async () => {
  for (const format of formats)
    for (const at of [1, 4, 9, 20, 60])
      for (const rest of ["torn", "keep"]) {
        let n = 0;
        const change = (line: string) => (++n === at + 1 || (n > at && rest === "torn") ? "torn" : line);
        await exported(capture("tokens-v1", change), format, { table: "events" });
      }
});

test("no text format lets a control character, an escape sequence or a change of text direction through", async () => {
  const hostile = "\u001b]0;x\u0007\u202e\u0000\r\n;a";
  for (const format of formats.filter((one) => !BINARY.has(one)))
    for (const table of tablesOf(format)) {
      const text = (await exported(named("tokens-v1", hostile), format, { table })).toString();
      const lines = text.split(/\r?\n/);
      assert.deepEqual(lines, lines.map(printable), `${format} ${table}`);
      assert.ok(text.includes("]0"), `${format} ${table} keeps what can be shown`);
    }
});
