// spread - A distribution as a few numbers: mean, quantiles, longest.

import { type Histogram, mean, meanWith, quantile } from "../base/histogram.ts";

/** The quantiles are the middles of their buckets, at most an eighth off. */
export interface Spread {
  count: number;
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** null where nothing was counted. */
export function spreadOf(histogram: Histogram): Spread | null {
  if (histogram.total === 0) return null;
  return {
    count: histogram.total,
    mean: mean(histogram),
    p50: middleAt(histogram, 0.5),
    p90: middleAt(histogram, 0.9),
    p99: middleAt(histogram, 0.99),
    max: middleAt(histogram, 1),
  };
}

/** Tokens per call: the number of `tokens` is counted elsewhere too, which makes the mean exact. */
export function sizesOf(histogram: Histogram, tokens: number): Spread | null {
  const spread = spreadOf(histogram);
  return spread && { ...spread, mean: meanWith(tokens, histogram) };
}

function middleAt(histogram: Histogram, share: number): number {
  const { low, high } = quantile(histogram, share) as { low: number; high: number };
  return (low + high - 1) / 2;
}
