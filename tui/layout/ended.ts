// ended - The stream is over: why, and what to do now. What was seen last stays on the screen.

import { cell } from "../draw/cell-text.ts";
import { type Line, line, wrap } from "../draw/styled-line.ts";
import type { View } from "../state/view.ts";

/** One or more lines below the header. */
export function render({ phase, replay }: View, width: number): Line[] {
  if (phase.is !== "ended") return [];
  const what = replay ? "The recording ends here." : "The stream ended.";
  const text = phase.why
    ? `Cut: ${cell(phase.why)} q leaves with the report.`
    : `${what} q leaves with the report.`;
  return wrap(text, Math.max(1, width - 1)).map((part) => line(` ${part}`, phase.why ? "warn" : "dim"));
}
