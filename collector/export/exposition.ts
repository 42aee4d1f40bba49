// exposition - Metric families as OpenMetrics 1.0 text. It ends with `# EOF`.

import { printable } from "../base/format.ts";

export type Labels = Record<string, string>;

/** `suffix`: `_bucket`, `_count` or `_sum` of a histogram; counter and info get theirs from the type. */
export interface MetricSample {
  suffix?: string;
  labels: Labels;
  value: number;
}

/** A name that ends in `_seconds` or `_bytes` has that unit. */
export interface Family {
  name: string;
  type: "counter" | "gauge" | "histogram" | "info" | "stateset";
  help: string;
  samples: MetricSample[];
}

const SUFFIX: Partial<Record<Family["type"], string>> = { counter: "_total", info: "_info" };
const UNITS = ["seconds", "bytes"];

/** The lines of the families, every sample at `time` (seconds since 1970). Of two samples of one series the last counts. */
export function* exposition(families: Family[], time: number): Generator<string> {
  for (const family of families) {
    yield* description(family);
    for (const [series, value] of seriesOf(family)) yield `${series} ${value} ${time.toFixed(3)}\n`;
  }
  yield "# EOF\n";
}

function* description({ name, type, help }: Family): Generator<string> {
  const unit = UNITS.find((known) => name.endsWith(`_${known}`));
  yield `# TYPE ${name} ${type}\n`;
  if (unit) yield `# UNIT ${name} ${unit}\n`;
  yield `# HELP ${name} ${quoted(help)}\n`;
}

/** Each series and its last value. */
function seriesOf({ name, type, samples }: Family): Map<string, number> {
  const suffixed = samples.map(({ suffix = SUFFIX[type] ?? "", labels, value }) => ({
    series: `${name}${suffix}${labelled(labels)}`,
    value,
  }));
  return new Map(suffixed.map(({ series, value }) => [series, value]));
}

function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(printable(value))}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

/** Line breaks need no escape here: `printable` lets none through. */
function quoted(text: string): string {
  return text.replace(/[\\"]/g, (sign) => `\\${sign}`);
}
