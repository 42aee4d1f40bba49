// log - Errors, lost events, binds, unbinds and closes: one entry each, the newest last.

import { blockLines } from "../draw/list.ts";
import { fill, type Line, line, seg, selected, wrap } from "../draw/styled-line.ts";
import { entryWords, filtered, visible } from "../state/filter.ts";
import type { Entry } from "../state/journal.ts";
import { type LiveView, oncePerView } from "../state/view.ts";
import type { ListPane, Target } from "./pane.ts";

const rows = oncePerView((view): Entry[] => filtered(view.state.journal.entries, view.model, entryWords));

export const log: ListPane = {
  is: "list",
  key: "5",
  title: "Log",
  help: "log: errors, lost events, binds, unbinds and closes",
  empty: () => ({
    heading: "Nothing logged yet",
    sentences: ["Errors, lost events, binds, unbinds and closes are listed here as they happen."],
  }),
  rows,
  render,
  titleLines: 0,
  start: "last",
  open,
};

function render(view: LiveView, cursor: number, width: number, height: number): Line[] {
  return blockLines(rows(view), cursor, height, (entry, chosen) => entryLines(view, entry, chosen, width));
}

/** Columns of the time and the gap after it. */
const INDENT = 13;

/** The time, then the text beside it in as many lines as it takes. */
function entryLines(view: LiveView, entry: Entry, chosen: boolean, width: number): Line[] {
  const text = visible(entry.text, view.model);
  const time = `${chosen ? view.glyphs.cursor : " "} ${text.slice(0, INDENT - 2)}`;
  const parts = wrap(text.slice(INDENT - 2), Math.max(10, width - INDENT));
  return parts.map((part, i) => {
    const whole = (i === 0 ? time : " ".repeat(INDENT)) + part;
    return chosen ? selected(fill([seg(whole)], width)) : line(whole, entry.role);
  });
}

/** The newest socket at the entry's kernel pointer. */
function open({ state, sockets }: LiveView, id: string): Target | null {
  const entry = state.journal.entries.find((e) => e.id === id);
  const row = entry?.sk ? sockets.findLast(({ socket }) => socket.sk === entry.sk) : undefined;
  return row ? { socket: row.id } : null;
}
