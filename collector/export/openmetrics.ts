// openmetrics - The report as OpenMetrics text, every sample at the time of the recording's end.

import type { Stream } from "../recording/stream.ts";
import { measuredOf, newDistributions } from "../report/distributions.ts";
import { select } from "../report/selection.ts";
import { exposition } from "./exposition.ts";
import {
  bindingFamilies,
  histogramFamily,
  infoFamily,
  runFamilies,
  socketFamilies,
} from "./metric-families.ts";

/** The whole exposition. */
export async function* openmetrics(stream: Stream): AsyncGenerator<string> {
  const distributions = newDistributions(0);
  const { report, shown } = await select(stream, {}, distributions);
  const { holds, ranges } = measuredOf(distributions, shown.sockets);
  const families = [
    infoFamily(stream.header),
    ...runFamilies(report),
    ...socketFamilies(report.sockets),
    ...bindingFamilies(report.bindings),
    histogramFamily("devmem_token_hold_seconds", "Time from issue to return, at level tokens.", holds, 1e9),
    histogramFamily(
      "devmem_return_range_tokens",
      "Tokens per range of a return, at level tokens.",
      ranges,
      1,
    ),
  ];
  const end = Date.parse(report.wall) / 1e3 + shown.now / 1e9;
  yield* exposition(
    families.filter(({ samples }) => samples.length > 0),
    end,
  );
}
