// failed - There is no stream: what is wrong and what to do about it.

import { cell } from "../draw/cell-text.ts";
import { notice } from "../draw/notice.ts";
import type { Line } from "../draw/styled-line.ts";
import type { View } from "../state/view.ts";

/** The reason, and the next step. */
export function render(view: View, width: number, height: number): Line[] {
  if (view.phase.is !== "failed") return [];
  const { why, cannot } = view.phase;
  const heading = cannot ? "This host cannot be traced" : "The stream cannot be shown";
  const next = cannot
    ? "devmem-trace doctor lists everything that is missing here, each with its fix. q leaves with exit code 4."
    : "q leaves with exit code 1.";
  return notice(heading, "bad", [cell(why), next], width, height);
}
