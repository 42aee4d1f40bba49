// histogram - How many values fell into each bucket; the probes use the same buckets.

/** counts[bucket]: values from lowOf(bucket) up to lowOf(bucket + 1). */
export interface Histogram {
  counts: number[];
  total: number;
  sum: number;
}

/**
 * Buckets per power of two; below twice as many, each whole number has its own. A bucket is at most a quarter of its
 * values wide. Its lower bound has at most three significant bits, as the probes round (probes/holds.bt, calls.bt).
 */
const PARTS = 4;
const BITS = Math.log2(PARTS);

/** An empty histogram. */
export function newHistogram(): Histogram {
  return { counts: [], total: 0, sum: 0 };
}

/** The bucket of a value, rounded down. Values below 0 count as 0: events slightly out of order give such times. */
export function bucketOf(value: number): number {
  const whole = Math.max(0, Math.floor(value));
  if (whole < 2 * PARTS) return whole;
  const shift = highestBit(whole) - BITS;
  return shift * PARTS + Math.floor(whole / 2 ** shift);
}

/** For a whole number from 1 to 2^53: exact, and several times as fast as Math.log2. */
function highestBit(whole: number): number {
  return whole < 2 ** 32 ? 31 - Math.clz32(whole) : 63 - Math.clz32(Math.floor(whole / 2 ** 32));
}

/** The smallest whole value in a bucket. */
export function lowOf(bucket: number): number {
  if (bucket < 2 * PARTS) return bucket;
  const shift = Math.floor(bucket / PARTS) - 1;
  return (bucket - shift * PARTS) * 2 ** shift;
}

/** Counts `value` `times` times; below 0 it counts as 0. */
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

/** One histogram of all values. */
export function merged(histograms: readonly Histogram[]): Histogram {
  const all = newHistogram();
  for (const histogram of histograms) addTo(all, histogram);
  return all;
}

/** Adds all values of `more` to `histogram`. */
export function addTo(histogram: Histogram, { counts, sum }: Histogram): void {
  for (const [bucket, times] of counts.entries()) if (times > 0) count(histogram, bucket, times, 0);
  histogram.sum += sum;
}

/** The mean of all values; 0 if there are none. */
export function mean({ sum, total }: Histogram): number {
  return total === 0 ? 0 : sum / total;
}

/**
 * The mean of all values, if their `sum` is known from elsewhere. If the buckets cannot add up to it, because counting
 * began later, the mean of their middles. 0 if there are no values.
 */
export function meanWith(sum: number, histogram: Histogram): number {
  const least = histogram.counts.reduce((all, times, bucket) => all + times * lowOf(bucket), 0);
  const most = histogram.counts.reduce((all, times, bucket) => all + times * (lowOf(bucket + 1) - 1), 0);
  return mean(sum >= least && sum <= most ? { ...histogram, sum } : histogram);
}

/**
 * The value that a `share` (0 to 1) of all values do not exceed, as the bounds of its bucket: `high` is the first value
 * above it. null if there are no values.
 */
export function quantile({ counts, total }: Histogram, share: number): { low: number; high: number } | null {
  let left = Math.max(1, Math.ceil(share * total));
  for (const [bucket, times] of counts.entries()) {
    left -= times;
    if (left <= 0 && times > 0) return { low: lowOf(bucket), high: lowOf(bucket + 1) };
  }
  return null;
}

/** For drawing: rows of values from `low` up to twice that, beginning with the first that has any; 0 and 1 share a row. */
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
