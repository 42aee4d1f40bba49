// context - What a key needs to know about the screen it was pressed on.

import type { Context } from "../input/update.ts";
import { cursorIndex, type Pane, type Row } from "../panes/pane.ts";
import { PANES } from "../panes/panes.ts";
import { isLive, type View } from "../state/view.ts";
import { scrollingText } from "./body.ts";
import { bodyHeight } from "./frame.ts";

/** The context at this size of the screen. */
export function contextOf(view: View, width: number, height: number): Context {
  const pane = PANES[view.model.pane];
  const room = bodyHeight(view, width, height);
  const rows = rowsOf(pane, view);
  const start = pane.is === "list" ? pane.start : "first";
  return {
    rows,
    cursor: cursorIndex(view.model, rows, start),
    start,
    open: (id) => (isLive(view) && pane.is === "list" ? pane.open(view, id) : null),
    page: Math.max(1, room - (pane.is === "list" ? pane.titleLines : 0)),
    scrolls: pane.is === "text" || view.model.help || view.model.detail !== null,
    scrollMax: Math.max(0, scrollingText(view, width).length - room),
    replay: view.replay !== null,
  };
}

function rowsOf(pane: Pane, view: View): Row[] {
  return isLive(view) && pane.is === "list" ? pane.rows(view) : [];
}
