// histogram - How often a value fell between two powers of two.

/** counts[i]: values from 2^i up to 2^(i+1); values below 1 are in counts[0]. */
export interface Histogram {
  counts: number[];
  total: number;
  sum: number;
}

/** A histogram of nothing. */
export function newHistogram(): Histogram {
  return { counts: [], total: 0, sum: 0 };
}

/** Counts `value` (0 or more) `times` times. */
export function add(histogram: Histogram, value: number, times = 1): void {
  const bucket = value < 1 ? 0 : Math.floor(Math.log2(value));
  while (histogram.counts.length <= bucket) histogram.counts.push(0);
  histogram.counts[bucket] = (histogram.counts[bucket] as number) + times;
  histogram.total += times;
  histogram.sum += value * times;
}

/** Mean of what was counted; 0 when nothing was. */
export function mean({ sum, total }: Histogram): number {
  return total === 0 ? 0 : sum / total;
}

/** Adds what `from` counted to `into`. */
export function merge(into: Histogram, from: Histogram): void {
  while (into.counts.length < from.counts.length) into.counts.push(0);
  from.counts.forEach((times, i) => {
    into.counts[i] = (into.counts[i] as number) + times;
  });
  into.total += from.total;
  into.sum += from.sum;
}

/**
 * The upper end of the bucket the q-th part of the values (0 to 1) lies in: that many are below it. null when nothing was
 * counted.
 */
export function quantile({ counts, total }: Histogram, q: number): number | null {
  if (total === 0) return null;
  let below = 0;
  const bucket = counts.findIndex((times) => {
    below += times;
    return below >= q * total;
  });
  return 2 ** (bucket + 1);
}
