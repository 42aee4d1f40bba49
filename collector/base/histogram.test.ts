// histogram - Buckets cover the whole numbers without gap or overlap, and answers stay within a bucket of the truth.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  add,
  bucketOf,
  count,
  lowOf,
  mean,
  meanWith,
  merged,
  newHistogram,
  octaves,
  quantile,
} from "./histogram.ts";

const value = fc.integer({ min: 0, max: 2 ** 50 });

function histogramOf(values: number[]) {
  const histogram = newHistogram();
  for (const one of values) add(histogram, one);
  return histogram;
}

test("a value is in its bucket, which is at most a quarter of the value wide", () => {
  fc.assert(
    fc.property(value, (v) => {
      const [low, high] = [lowOf(bucketOf(v)), lowOf(bucketOf(v) + 1)];
      assert.ok(low <= v && v < high, `${v} is not from ${low} to ${high}`);
      assert.ok(high - low <= Math.max(1, v / 4));
    }),
  );
});

test("the bucket of a quantile contains the value at its place in a sorted list", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
        const found = quantile(histogramOf(values), share);
        assert.ok(found && found.low <= exact && exact < found.high);
      },
    ),
  );
  assert.equal(quantile(newHistogram(), 0.5), null);
});

test("a merged histogram has the counts of its parts", () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (a, b) => {
      assert.deepEqual(merged([histogramOf(a), histogramOf(b)]).counts, histogramOf([...a, ...b]).counts);
    }),
  );
});

test("a mean is exact if the sum is known; it is by the buckets' middles if that sum is of other values", () => {
  const ofBuckets = newHistogram();
  count(ofBuckets, bucketOf(64), 3, 3 * 71.5);
  assert.equal(meanWith(3 * 64, ofBuckets), 64);
  assert.equal(meanWith(3 * 79, ofBuckets), 79);
  for (const other of [3 * 64 - 1, 3 * 79 + 1]) assert.equal(meanWith(other, ofBuckets), 71.5);
  assert.equal(meanWith(5, newHistogram()), 0);
});

test("rows for drawing are powers of two", () => {
  const h = histogramOf([1, 4, 7, 8, 40]);
  assert.deepEqual(
    octaves(h).map(({ low, times }) => [low, times]),
    [
      [1, 1],
      [2, 0],
      [4, 2],
      [8, 1],
      [16, 0],
      [32, 1],
    ],
  );
  assert.equal(mean(h), 12);
});

test("a time below 0 counts as 0, so that every value is in a bucket", () => {
  const histogram = histogramOf([-5, -(2 ** 40), 3]);
  assert.deepEqual([histogram.total, histogram.sum, quantile(histogram, 1)], [3, 3, { low: 3, high: 4 }]);
  assert.deepEqual(quantile(histogram, 0.5), { low: 0, high: 1 });
});
