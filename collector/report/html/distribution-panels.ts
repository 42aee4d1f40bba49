// distribution-panels - The page's charts of hold times and batch sizes, or the reason why there are none.

import { duration } from "../../base/format.ts";
import { type Histogram, octaves } from "../../base/histogram.ts";
import type { Level } from "../../events/event.ts";
import type { Profile } from "../../ledger/profile/profile.ts";
import { bars } from "./chart.ts";

/** Hold times and tokens per range of a return as bars. */
export function distributionPanels(level: Level, { holds, ranges }: Profile): string {
  if (holds.total + ranges.total === 0) return `<p>${absence(level)}</p>`;
  const times = bars("hold times", rows(holds, timeRange));
  const sizes = bars("batch sizes", rows(ranges, tokenRange));
  return `<div class="pair"><div><h4>hold time, issue to return: tokens</h4>${times}</div><div><h4>tokens per range of a return: ranges</h4>${sizes}</div></div>`;
}

function absence(level: Level): string {
  return level === "counts"
    ? "Level counts sums tokens in the kernel: it does not measure how long each was held or how many a return named. Record with --level tokens to see both."
    : "No return of a known token was seen in this stretch: hold times and batch sizes are unknown.";
}

/** `name` is of values from `low` up to twice that. */
function rows(histogram: Histogram, name: (low: number) => string): { name: string; times: number }[] {
  return octaves(histogram).map(({ low, times }) => ({ name: name(low), times }));
}

function timeRange(low: number): string {
  return `${duration(low)} to ${duration(2 * low)}`;
}

function tokenRange(low: number): string {
  return low === 1 ? "1 token" : `${low} to ${2 * low - 1} tokens`;
}
