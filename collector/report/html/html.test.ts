// html - The page as text: names stay text, nothing is fetched, every chart and row is there.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Stream } from "../../recording/stream.ts";
import { cases } from "../../testing/gauntlet.ts";
import { capture, named } from "../../testing/recordings.ts";
import type { Point } from "../sampler.ts";
import { thin } from "../series.ts";
import { htmlOf } from "./html.ts";

const textOf = async (stream: Stream) => [...(await htmlOf(stream, {})).page].join("");
const pageOf = async (name: string) => textOf(await capture(name));

test("one file: no address, no attribute that holds code or style, a policy that forbids the rest", async () => {
  const page = await pageOf("misdeeds-v1");
  assert.match(page, /default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'/);
  assert.doesNotMatch(page, /https?:|<link|<img|@import|\son[a-z]+=|\sstyle=|\ssrc=/);
});

test("a chart of outstanding and of pinned for each socket and binding that held some, the leaks marked", async () => {
  const page = await pageOf("misdeeds-v1");
  assert.equal(page.match(/<figure>/g)?.length, 1 + 3);
  assert.equal(page.match(/<path class="line"/g)?.length, 2 * (1 + 2));
  assert.equal(page.match(/closed holding tokens \(176 tokens\) at 23\.299 s/g)?.length, 4);
  assert.match(page, /unbound at 23\.371 s/);
  assert.match(page, /50042 pid 255 .*Was not seen holding a token: closed at 23\.323 s/);
});

test("level tokens: how long tokens were held; level counts: why that is unknown", async () => {
  assert.match(await pageOf("tokens-v1"), /aria-label="hold times".*16\.8 ms to 33\.6 ms.*>29</s);
  assert.match(await pageOf("leak-v1"), /does not measure how long each was held/);
});

test("a name from the traced host is never markup", async () => {
  const plain = (page: string) => page.match(/<[a-z/!][^>]*>/g)?.length;
  const expected = plain(await textOf(await named("misdeeds-v1", "x")));
  const tricky = fc.constantFrom(
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--",
    "]]>",
    "&lt;",
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(tricky, fc.string({ minLength: 1 })), async (name) => {
      assert.equal(plain(await textOf(await named("misdeeds-v1", name))), expected);
    }),
    { numRuns: cases(30, 300) },
  );
});

test("a thinned series keeps the highest and the last point of each stretch", () => {
  const points: Point[] = [3, 9, 1, 4, 0, 2, 2].map((held, t) => ({ t, held, pinned: held }));
  thin(points, 4);
  assert.deepEqual(
    points.map(({ t, held }) => [t, held]),
    [
      [1, 9],
      [3, 4],
      [5, 2],
      [6, 2],
    ],
  );
});
