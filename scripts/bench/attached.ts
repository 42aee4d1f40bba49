// attached - A measurement made while a bpftrace program is attached.

import { requireBpftrace, startTracer, type Tracer } from "../../collector/bpftrace/bpftrace.ts";
import type { Line } from "../../collector/events/bpftrace-line.ts";

/** How a program is attached: the values of its $1, $2, …, and the receiver of its lines. */
export interface Attaching {
  parameters?: readonly string[];
  take?(line: Line): void;
}

/** Attaches a program, measures, and detaches it; it resolves when all lines were taken. */
export async function attached<T>(
  text: string,
  measure: (tracer: Tracer) => Promise<T>,
  { parameters = [], take = () => {} }: Attaching = {},
): Promise<T> {
  const tracer = await startTracer(text, requireBpftrace(), { parameters });
  const drained = (async () => {
    for await (const line of tracer.lines) take(line);
  })();
  const result = await measure(tracer);
  tracer.stop();
  await drained;
  return result;
}
