// body - What fills the screen between header and footer: help, a pane, a socket in detail, or why there is nothing to show.

import { cell } from "../draw/cell-text.ts";
import { scrolled } from "../draw/list.ts";
import { type Notice, noticeLines } from "../draw/notice.ts";
import type { Line } from "../draw/styled-line.ts";
import { cursorIndex, type Pane } from "../panes/pane.ts";
import { PANES } from "../panes/panes.ts";
import * as socketDetail from "../panes/socket-detail.ts";
import { isLive, type LiveView, type View } from "../state/view.ts";
import * as help from "./help.ts";

/** At most `height` lines. */
export function render(view: View, width: number, height: number): Line[] {
  const text = scrollingText(view, width);
  if (text.length > 0) return scrolled(text, view.model.scroll, height);
  if (!isLive(view)) return noticeLines(noStream(view), streamRole(view), width, height);
  return paneLines(PANES[view.model.pane], view, width, height);
}

/** Every line of what scrolls by lines: help, a socket in detail, a pane of text. Empty where something else is shown. */
export function scrollingText(view: View, width: number): Line[] {
  const pane = PANES[view.model.pane];
  if (view.model.help) return help.lines(width);
  if (!isLive(view)) return [];
  if (view.model.detail !== null) return socketDetail.lines(view, width);
  return pane.is === "text" ? pane.lines(view, width) : [];
}

/** A list around its cursor, or the pane's text for when it is empty. */
function paneLines(pane: Pane, view: LiveView, width: number, height: number): Line[] {
  const rows = pane.is === "list" ? pane.rows(view) : [];
  if (pane.is === "text" || rows.length === 0) return noticeLines(empty(pane, view), "title", width, height);
  return pane.render(view, cursorIndex(view.model, rows, pane.start), width, height);
}

function empty(pane: Pane, { model, state }: LiveView): Notice {
  if (pane.is === "list" && model.filter !== "") return NO_MATCH;
  return pane.empty(state.ledger.header.level);
}

const NO_MATCH: Notice = { heading: "No row matches the filter", sentences: ["Esc clears the filter."] };

function streamRole({ phase }: View): "bad" | "title" {
  return phase.is === "failed" ? "bad" : "title";
}

/** Why there is no stream, and what the user can do. */
function noStream({ phase, source }: View): Notice {
  switch (phase.is) {
    case "waiting":
      return { heading: `Waiting for ${source}`, sentences: [...phase.sentences, "q quits."] };
    case "failed":
      return phase.cannot
        ? { heading: "This host cannot be traced", sentences: [cell(phase.why), DOCTOR] }
        : {
            heading: "The stream cannot be shown",
            sentences: [cell(phase.why), "q quits with exit code 1."],
          };
    case "running":
    case "ended":
      return { heading: `Waiting for ${source}`, sentences: ["q quits."] };
    default:
      return phase satisfies never;
  }
}

const DOCTOR =
  "devmem-trace doctor lists everything that is missing on this host, each with its fix. q quits with exit code 4.";
