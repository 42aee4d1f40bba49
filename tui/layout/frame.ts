// frame - The screen as a whole: what goes where, and what a key pressed on it means.
//
//   header   verdict, source, kernel, level, time           header.ts
//            sockets, tokens/s, pinned, leaks, lost events
//            1 Sockets  2 Leaks  3 Bindings  4 Profile  5 Log
//   warning  what went wrong besides, if anything did
//   ended    why the stream ended and what to do, once it has
//   body     the view, a drill-down, help, or why there is nothing to show
//   footer   what is typed, the last message, or the keys    footer.ts

import { cut, type Line, line } from "../draw/styled-line.ts";
import type { Context } from "../input/update.ts";
import * as bindings from "../panes/bindings.ts";
import * as leaks from "../panes/leaks.ts";
import * as log from "../panes/log.ts";
import * as profile from "../panes/profile.ts";
import * as socket from "../panes/socket-detail.ts";
import * as sockets from "../panes/sockets.ts";
import { isLive, type LiveView, type View } from "../state/view.ts";
import * as empty from "./empty.ts";
import * as ended from "./ended.ts";
import * as failed from "./failed.ts";
import * as footer from "./footer.ts";
import * as header from "./header.ts";
import * as help from "./help.ts";
import * as waiting from "./waiting.ts";
import * as warning from "./warning.ts";

/** The whole screen: exactly `height` lines of at most `width` columns. */
export function frame(view: View, width: number, height: number): Line[] {
  const above = head(view, width, height);
  const room = bodyHeight(above, height);
  const body = room > 0 ? bodyOf(view, width, room) : [];
  const blank = Array.from({ length: Math.max(0, room - body.length) }, () => line(""));
  const below = height > above.length ? [footer.render(view, width)] : [];
  return [...above, ...body.slice(0, room), ...blank, ...below].slice(0, height).map((l) => cut(l, width));
}

function head(view: View, width: number, height: number): Line[] {
  const lines = header.render(view, width, height < 8 ? 1 : 3);
  const banner = [...warning.render(view, width), ...ended.render(view, width)].slice(
    0,
    height < 12 ? 1 : height,
  );
  return [...lines, ...banner].slice(0, height);
}

function bodyHeight(above: Line[], height: number): number {
  return Math.max(0, height - above.length - 1);
}

function bodyOf(view: View, width: number, height: number): Line[] {
  if (view.model.help) return help.render(view, width, height);
  if (view.phase.is === "failed" && !isLive(view)) return failed.render(view, width, height);
  if (!isLive(view)) return waiting.render(view, width, height);
  if (view.model.detail !== null) return socket.render(view, width, height);
  return isEmpty(view)
    ? empty.render(view, width, height)
    : PANES[view.model.view].render(view, width, height);
}

const PANES = { sockets, leaks, bindings, profile, log };

function isEmpty(view: LiveView): boolean {
  return view.model.view === "profile" ? view.sockets.length === 0 : rows(view).length === 0;
}

/** What the current view lists, in the order shown. */
function rows(view: LiveView): { id: string }[] {
  const { view: name } = view.model;
  return name === "profile" ? [] : PANES[name].rows(view);
}

/** What a key pressed on this screen has to know of it. */
export function contextOf(view: View, width: number, height: number): Context {
  const page = bodyHeight(head(view, width, height), height);
  return {
    rows: isLive(view) ? rows(view) : [],
    socketOf: (id) => (isLive(view) ? socketOf(view, id) : null),
    filterOf: (id) =>
      view.model.view === "bindings" ? (view.bindings.find((b) => b.id === id)?.name ?? null) : null,
    page: Math.max(1, page - (view.model.view === "log" || view.model.view === "profile" ? 0 : 1)),
    scrollMax: Math.max(0, scrollable(view, width) - page),
    replay: view.replay !== null,
  };
}

/** Lines of what is scrolled by lines. */
function scrollable(view: View, width: number): number {
  if (view.model.help) return help.content(view, width).length;
  if (!isLive(view)) return 0;
  if (view.model.detail !== null) return socket.content(view, width).length;
  return view.model.view === "profile" ? profile.content(view, width).length : 0;
}

function socketOf(view: LiveView, id: string): string | null {
  if (view.model.view === "log") {
    const entry = view.shown.journal.entries.find((e) => e.id === id);
    return entry?.sk ? (view.sockets.findLast(({ socket: s }) => s.sk === entry.sk)?.id ?? null) : null;
  }
  return view.sockets.some((row) => row.id === id) ? id : null;
}
