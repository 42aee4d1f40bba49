// html - From a stream to the page: reads the recording once, and watches what the charts need.

import type { Stream } from "../../recording/stream.ts";
import { newDistributions } from "../distributions.ts";
import type { Filters } from "../filters.ts";
import { select } from "../selection.ts";
import { newSeries } from "../series.ts";
import type { Report } from "../shape.ts";
import { pointInTime } from "../time.ts";
import { page } from "./page.ts";

/** The report of what `filters` select, and the page that shows it, piece by piece. Throws UserError for a filter that makes no sense. */
export async function htmlOf(
  stream: Stream,
  filters: Filters,
): Promise<{ report: Report; page: Iterable<string> }> {
  const series = newSeries();
  const distributions = newDistributions(pointInTime(stream.header, filters.from, "--from") ?? 0);
  const selected = await select(stream, filters, series, distributions);
  return { report: selected.report, page: page(selected, series, distributions) };
}
