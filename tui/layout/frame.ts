// frame - The screen as a whole: what goes where.
//
//   header   verdict, source, kernel, level, time               header.ts
//            sockets, tokens/s, pinned, leaks, lost events
//            1 Sockets  2 Leaks  3 Bindings  4 Profile  5 Log
//   banner   a problem, or why the stream ended                 banner.ts
//   body     a pane, a socket in detail, help, or a notice      body.ts
//   footer   what is typed, the last message, or keys           footer.ts

import { blankLines } from "../draw/notice.ts";
import { cut, type Line } from "../draw/styled-line.ts";
import type { View } from "../state/view.ts";
import * as banner from "./banner.ts";
import * as body from "./body.ts";
import * as footer from "./footer.ts";
import * as header from "./header.ts";

/** The whole screen: exactly `height` lines of at most `width` columns. */
export function frame(view: View, width: number, height: number): Line[] {
  const above = head(view, width, height);
  const room = roomBelow(above, height);
  const middle = room > 0 ? body.render(view, width, room) : [];
  const blank = blankLines(room - middle.length);
  const below = height > above.length ? [footer.render(view, width)] : [];
  return [...above, ...middle, ...blank, ...below].slice(0, height).map((line) => cut(line, width));
}

/** Lines left for the body. */
export function bodyHeight(view: View, width: number, height: number): number {
  return roomBelow(head(view, width, height), height);
}

/** All but the lines above and the footer. */
function roomBelow(above: Line[], height: number): number {
  return Math.max(0, height - above.length - 1);
}

/** Screens lower than these show one line of header, and of the banner. */
const WHOLE_HEADER = 8;
const WHOLE_BANNER = 12;

function head(view: View, width: number, height: number): Line[] {
  const lines = header.render(view, width).slice(0, height < WHOLE_HEADER ? 1 : undefined);
  const more = banner.render(view, width).slice(0, height < WHOLE_BANNER ? 1 : undefined);
  return [...lines, ...more].slice(0, height);
}
