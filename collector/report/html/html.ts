// html - From a stream to the page: reads the recording once, watching what the charts need.

import type { Stream } from "../../recording/stream.ts";
import { newDistributions } from "../distributions.ts";
import type { Report } from "../report.ts";
import { type Filters, pointInTime, select } from "../selection.ts";
import { newSeries } from "../series.ts";
import { page } from "./page.ts";

/** The report of what `filters` select, and the page that shows it. Throws UserError when a time cannot be read. */
export async function htmlOf(stream: Stream, filters: Filters): Promise<{ report: Report; page: string }> {
  const series = newSeries();
  const distributions = newDistributions(pointInTime(stream.header, filters.from, "--from") ?? 0);
  const selected = await select(stream, filters, series, distributions);
  return { report: selected.report, page: page(selected, series, distributions) };
}
