// measure - Lines of levels holds and profile: buckets add up, holds give the mean outstanding, advice needs its data.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lowOf } from "../../base/histogram.ts";
import type { Event } from "../../events/event.ts";
import { epoch, parse } from "../../events/parse.ts";
import { adviceOf } from "../../profile/advice.ts";
import { metricsOf } from "../../profile/metrics.ts";
import { HEADER } from "../../testing/kernel.ts";
import { apply, newLedger } from "../ledger.ts";

const FIRST =
  "socket t=1000000000 sk=s1 born=1000000000 binding=b1 dmabuf=1 bytes=409600 shift=12 ifindex=2 ifname=d issued=0 before=0 netns=1 laddr=192.0.2.1 lport=1 raddr=192.0.2.2 rport=2 pid=7 comm=x";
const count = (t: number, issued: number, returned: number) =>
  `count t=${t} sk=s1 born=1000000000 issued=${issued} returned=${returned} linear=0 closed=0`;
const bucket = (t: number, of: string, low: number, n: number) =>
  `bucket t=${t} sk=s1 of=${of} low=${low} count=${n}`;

function ledgerOf(...lines: string[]) {
  const ledger = newLedger({ ...HEADER, level: "profile" });
  for (const line of [FIRST, ...lines])
    apply(ledger, (parse(line, epoch("0")) ?? assert.fail(line)) as Event);
  return ledger;
}

test("a bucket's line carries its total: printed twice, it counts once", () => {
  const low = lowOf(100);
  const { sockets } = ledgerOf(
    bucket(2e9, "holds", low, 5),
    bucket(3e9, "holds", low, 5),
    bucket(4e9, "holds", low, 7),
  );
  assert.equal(sockets[0]?.profile.holds.total, 7);
  assert.equal(sockets[0]?.profile.holds.counts[100], 7);
});

test("what was held and is held, over the time: outstanding on average, and what is not known", () => {
  const hold =
    "hold t=3000000000 sk=s1 held=2 oldest=2000000000 age=1500000000 total=2500000000 overtaken=1 untracked=9 unknown=4";
  const ledger = ledgerOf(count(2e9, 20, 10), bucket(2e9, "holds", lowOf(100), 10), hold);
  const figures = metricsOf(ledger.sockets, ledger.now);
  assert.equal(figures.meanOutstanding, 2);
  assert.equal(figures.oldest, 2e9);
  assert.equal(figures.unaged, 5);
  assert.equal(figures.overtaken, 0.1);
  assert.equal(figures.holds?.mean, 2.5e8);
});

test("no advice without data, and none on the threshold's other side", () => {
  const rules = (...lines: string[]) => {
    const ledger = ledgerOf(...lines);
    return adviceOf(ledger, ledger.sockets).map(({ rule }) => rule);
  };
  assert.deepEqual(rules(), []);
  assert.deepEqual(rules(bucket(2e9, "returns", 1, 100)), ["returns in small batches"]);
  assert.deepEqual(rules(bucket(2e9, "returns", 64, 100)), []);
  assert.deepEqual(rules(bucket(2e9, "returns", 1, 3)), []);
  // 100 pages; 100 tokens a second, held half a second: half of the pages.
  const late = [count(2e9, 100, 100), bucket(2e9, "holds", 5e8, 100)];
  assert.deepEqual(rules(...late), ["returns late for the dma-buf's size"]);
  assert.deepEqual(rules(count(2e9, 100, 100), bucket(2e9, "holds", 1e8, 100)), []);
  const samples = (n: number, ...innermostFirst: string[]) =>
    new Array(n).fill(
      `sample t=2000000000 tid=7 pid=7 stack=${innermostFirst.map((f) => `\n ${f}+1`).join("")}\n`,
    );
  const freed = samples(20, "gen_pool_free_owner", "mp_dmabuf_devmem_release_page", "sock_devmem_dontneed");
  assert.deepEqual(rules(...freed), ["returns beyond the page pool's ring"]);
  const recycled = samples(80, "napi_pp_put_page", "sock_devmem_dontneed");
  assert.deepEqual(rules(...freed, ...recycled), []);
  assert.deepEqual(rules(...freed.slice(0, 5)), []);
});

test("a kernel stack becomes its functions, outermost first; none is user space", () => {
  const line = (stack: string) => parse(`sample t=1 tid=2 pid=3 stack=${stack}`, epoch("0"));
  const sample = { kind: "sample", t: 1, tid: 2, pid: 3 };
  assert.deepEqual(line("\n        xas_load+1\n        __xa_erase+20\n\n"), {
    ...sample,
    stack: "__xa_erase;xas_load",
  });
  assert.deepEqual(line("\n"), { ...sample, stack: "" });
});
