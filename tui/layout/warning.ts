// warning - What went wrong beside the stream itself: its recording could not be written.

import { cell } from "../draw/cell-text.ts";
import { type Line, line, wrap } from "../draw/styled-line.ts";
import type { View } from "../state/view.ts";

/** Lines below the header; none while nothing is wrong. */
export function render({ warning = "" }: View, width: number): Line[] {
  if (warning === "") return [];
  return wrap(cell(warning), Math.max(1, width - 1)).map((part) => line(` ${part}`, "warn"));
}
