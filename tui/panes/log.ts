// log - Errors, losses, binds, closes: a line each, the newest last.

import { blockLines } from "../draw/list.ts";
import { fill, type Line, line, seg, selected, wrap } from "../draw/styled-line.ts";
import { cursorIndex } from "../input/update.ts";
import type { Entry } from "../state/journal.ts";
import { entryWords, filtered, visible } from "../state/rows.ts";
import type { LiveView } from "../state/view.ts";

/** The entries in the order shown. */
export function rows(view: LiveView): Entry[] {
  return filtered(view.shown.journal.entries, view.model, entryWords);
}

/** The entries around the cursor. */
export function render(view: LiveView, width: number, height: number): Line[] {
  const all = rows(view);
  const at = cursorIndex(view.model, all);
  return blockLines(all, at, height, (entry, chosen) => entryLines(view, entry, chosen, width));
}

/** Columns of the time and the gap behind it. */
const INDENT = 13;

/** The time, then the text beside it in as many lines as it takes. */
function entryLines(view: LiveView, entry: Entry, chosen: boolean, width: number): Line[] {
  const text = visible(entry.text, view.model);
  const room = Math.max(10, width - INDENT);
  return wrap(text.slice(INDENT - 2), room).map((part, i) => {
    const before =
      i === 0 ? `${chosen ? view.glyphs.cursor : " "} ${text.slice(0, INDENT - 2)}` : " ".repeat(INDENT);
    return chosen ? selected(fill([seg(before + part)], width)) : line(before + part, entry.role);
  });
}
