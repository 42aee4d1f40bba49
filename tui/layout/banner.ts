// banner - Lines below the header: a problem beside the stream, and why the stream ended. The last state stays on the screen.

import { cell } from "../draw/cell-text.ts";
import { type Line, line, type Role, wrap } from "../draw/styled-line.ts";
import type { View } from "../state/view.ts";

/** The lines; none while the stream runs without a problem. */
export function render(view: View, width: number): Line[] {
  return [...wrapped(view.warning, "warn", width), ...ended(view, width)];
}

function ended({ phase, replay }: View, width: number): Line[] {
  if (phase.is !== "ended") return [];
  if (phase.why) return wrapped(`Cut short: ${phase.why} ${QUIT}`, "warn", width);
  return wrapped(`${replay ? "End of the recording." : "The stream has ended."} ${QUIT}`, "dim", width);
}

const QUIT = "q quits and prints the report.";

function wrapped(text: string, role: Role, width: number): Line[] {
  if (text === "") return [];
  return wrap(cell(text), Math.max(1, width - 1)).map((part) => line(` ${part}`, role));
}
