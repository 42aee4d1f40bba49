// warning - What went wrong beside the stream itself: its recording could not be written.

import { type Line, line, wrap } from "../styled-line.ts";
import { cell } from "../text.ts";
import type { View } from "../view.ts";

/** Lines below the header; none while nothing is wrong. */
export function render({ warning = "" }: View, width: number): Line[] {
  if (warning === "") return [];
  return wrap(cell(warning), Math.max(1, width - 1)).map((part) => line(` ${part}`, "warn"));
}
