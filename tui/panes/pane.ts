// pane - What every pane is: a key, a tab, a line of help, a text for when it is empty, and how it is drawn.

import type { Level } from "../../collector/events/event.ts";
import type { Notice } from "../draw/notice.ts";
import type { Line } from "../draw/styled-line.ts";
import type { Model } from "../state/model.ts";
import type { LiveView } from "../state/view.ts";

type Digit = "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

interface Tab {
  /** The key that shows the pane. */
  key: Digit;
  /** The pane's name in the header. */
  title: string;
  /** What the help says of its key. */
  help: string;
  /** Shown while the pane has nothing to show, be it that `level` does not measure it. */
  empty(level: Level): Notice;
}

/** What Enter opens: a socket in detail, or the sockets that contain a text. */
export type Target = { socket: string } | { filter: string };

export interface Row {
  id: string;
}

/** A pane of rows with a cursor. */
export interface ListPane extends Tab {
  is: "list";
  /** Rows in the order shown. */
  rows(view: LiveView): Row[];
  /** The rows around the one at index `cursor`. */
  render(view: LiveView, cursor: number, width: number, height: number): Line[];
  /** Lines above the rows. */
  titleLines: 0 | 1;
  /** Where the cursor is until the user moves it. At the last row it stays there while rows are added. */
  start: "first" | "last";
  /** What Enter opens on a row; null: nothing. */
  open(view: LiveView, id: string): Target | null;
}

/** A pane of lines that scroll. */
export interface TextPane extends Tab {
  is: "text";
  /** Every line; none when there is nothing to show. */
  lines(view: LiveView, width: number): Line[];
}

export type Pane = ListPane | TextPane;

/** Index of the row with the cursor: the one the user picked as long as it is listed, else the pane's start. */
export function cursorIndex({ cursor, pane }: Model, rows: Row[], start: ListPane["start"]): number {
  const picked = cursor[pane] ?? null;
  const at = picked === null ? -1 : rows.findIndex(({ id }) => id === picked);
  if (at >= 0) return at;
  return start === "last" ? Math.max(0, rows.length - 1) : 0;
}

/** The socket with this id, where there is one. */
export function socketTarget(view: LiveView, id: string): Target | null {
  return view.sockets.some((row) => row.id === id) ? { socket: id } : null;
}
