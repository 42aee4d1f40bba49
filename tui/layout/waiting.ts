// waiting - The stream's first line has not come yet.

import { notice } from "../draw/notice.ts";
import type { Line } from "../draw/styled-line.ts";
import type { View } from "../state/view.ts";

/** What is waited for, and how to leave. */
export function render(view: View, width: number, height: number): Line[] {
  const sentences = view.phase.is === "waiting" ? view.phase.sentences : [];
  return notice(`Waiting for ${view.source}`, "title", [...sentences, "q leaves."], width, height);
}
