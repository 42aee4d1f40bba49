// histogram - How often a value fell into a bucket, the same buckets as the probes count in.

/** counts[bucket]: values from lowOf(bucket) up to lowOf(bucket + 1). */
export interface Histogram {
  counts: number[];
  total: number;
  sum: number;
}

/**
 * Buckets to a power of two; below twice as many, each whole number has its own. A bucket is at most a quarter of its
 * values wide. Its bound is a number of at most three bits and zeros: so the probes round (probes/holds.bt, calls.bt).
 */
const PARTS = 4;
const BITS = Math.log2(PARTS);

/** A histogram of nothing. */
export function newHistogram(): Histogram {
  return { counts: [], total: 0, sum: 0 };
}

/** The bucket of a value; its fraction does not count. Below 0, as lines a little out of order make a time, is 0. */
export function bucketOf(value: number): number {
  const whole = Math.max(0, Math.floor(value));
  if (whole < 2 * PARTS) return whole;
  const shift = highestBit(whole) - BITS;
  return shift * PARTS + Math.floor(whole / 2 ** shift);
}

/** Several times as fast as Math.log2, and exact: of a whole number from 1 up to 2^53. */
function highestBit(whole: number): number {
  return whole < 2 ** 32 ? 31 - Math.clz32(whole) : 63 - Math.clz32(Math.floor(whole / 2 ** 32));
}

/** The smallest whole value in a bucket. */
export function lowOf(bucket: number): number {
  if (bucket < 2 * PARTS) return bucket;
  const shift = Math.floor(bucket / PARTS) - 1;
  return (bucket - shift * PARTS) * 2 ** shift;
}

/** Counts `value` `times` times; below 0 it is 0. */
export function add(histogram: Histogram, value: number, times = 1): void {
  count(histogram, bucketOf(value), times, Math.max(0, value) * times);
}

/** Counts `times` values of one bucket that add up to `sum`. */
export function count(histogram: Histogram, bucket: number, times: number, sum: number): void {
  while (histogram.counts.length <= bucket) histogram.counts.push(0);
  histogram.counts[bucket] = (histogram.counts[bucket] as number) + times;
  histogram.total += times;
  histogram.sum += sum;
}

/** All of them counted together. */
export function merged(histograms: readonly Histogram[]): Histogram {
  const all = newHistogram();
  for (const { counts, sum } of histograms) {
    for (const [bucket, times] of counts.entries()) if (times > 0) count(all, bucket, times, 0);
    all.sum += sum;
  }
  return all;
}

/** Mean of what was counted; 0 when nothing was. */
export function mean({ sum, total }: Histogram): number {
  return total === 0 ? 0 : sum / total;
}

/**
 * Mean of what was counted, of which the `sum` is known from elsewhere; that of the buckets' middles where they cannot add
 * up to it, as when the counting began later. 0 when nothing was counted.
 */
export function meanWith(sum: number, histogram: Histogram): number {
  const least = histogram.counts.reduce((all, times, bucket) => all + times * lowOf(bucket), 0);
  const most = histogram.counts.reduce((all, times, bucket) => all + times * (lowOf(bucket + 1) - 1), 0);
  return mean(sum >= least && sum <= most ? { ...histogram, sum } : histogram);
}

/**
 * The value that `share` (0 to 1) of all values are at or below, as the bounds of its bucket; null when nothing was
 * counted. `high` is the first value above it.
 */
export function quantile({ counts, total }: Histogram, share: number): { low: number; high: number } | null {
  let left = Math.max(1, Math.ceil(share * total));
  for (const [bucket, times] of counts.entries()) {
    left -= times;
    if (left <= 0 && times > 0) return { low: lowOf(bucket), high: lowOf(bucket + 1) };
  }
  return null;
}

/** The histogram as drawn: values from `low` up to twice that, from the first counted; 0 and 1 together. */
export function octaves({ counts }: Histogram): { low: number; times: number }[] {
  const rows: { low: number; times: number }[] = [];
  for (const [bucket, times] of counts.entries()) {
    const low = 2 ** Math.floor(Math.log2(Math.max(1, lowOf(bucket))));
    const last = rows.at(-1);
    if (last?.low === low) last.times += times;
    else if (times > 0 || rows.length > 0) rows.push({ low, times });
  }
  return rows;
}
