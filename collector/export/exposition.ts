// exposition - Metric families as OpenMetrics 1.0 text. It ends with `# EOF`.

import { printable } from "../base/format.ts";

export type Labels = Record<string, string>;

/** `suffix` is what the type asks for: `_bucket`, `_count` and `_sum` of a histogram; counter and info get theirs here. */
export interface MetricSample {
  suffix?: string;
  labels: Labels;
  value: number;
}

/** A name ending in `_seconds` or `_bytes` says its unit. */
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
  for (const { name, type, help, samples } of families) {
    const unit = UNITS.find((known) => name.endsWith(`_${known}`));
    yield `# TYPE ${name} ${type}\n`;
    if (unit) yield `# UNIT ${name} ${unit}\n`;
    yield `# HELP ${name} ${quoted(help)}\n`;
    const series = new Map(
      samples.map(({ suffix = SUFFIX[type] ?? "", labels, value }) => [
        `${name}${suffix}${labelled(labels)}`,
        value,
      ]),
    );
    for (const [one, value] of series) yield `${one} ${value} ${time.toFixed(3)}\n`;
  }
  yield "# EOF\n";
}

function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(printable(value))}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

/** A line break cannot come this far: `printable` lets none through. */
function quoted(text: string): string {
  return text.replace(/[\\"]/g, (sign) => `\\${sign}`);
}
