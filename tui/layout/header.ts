// header - Always there: verdict, source, kernel, level and time; sockets, rates, pinned, leaks and lost events; the views.

import { bytes, clock } from "../../collector/base/format.ts";
import { countsTokens } from "../../collector/events/event.ts";
import { lossKinds, lostEvents } from "../../collector/ledger/evidence.ts";
import { cell, short } from "../draw/cell-text.ts";
import { width as columns, cut, ends, join, type Line, type Role, seg } from "../draw/styled-line.ts";
import { VIEWS, type ViewName } from "../state/model.ts";
import type { SocketRow } from "../state/rows.ts";
import { isLive, type LiveView, type View } from "../state/view.ts";

/** Three lines; where the screen is very low only the most important one. */
export function render(view: View, width: number, height: number): Line[] {
  if (!isLive(view)) return [first(view, width)];
  return [first(view, width), counts(view, width), tabs(view, width)].slice(0, height);
}

function first(view: View, width: number): Line {
  const right = [seg(" "), ...time(view, width)];
  const room = width - columns(right) - 1;
  const where = [...badge(view), seg(` ${cell(view.source)}`, "title")];
  const told = kernels(view).map((kernel) => [...where, seg(kernel)]);
  const fits = told.find((line) => columns(line) <= room) ?? told.at(-1) ?? where;
  return ends(cut(fits, room), right, width);
}

const BADGE: Record<string, Role> = { clean: "badgeGood", leak: "badgeBad", inconclusive: "badgeWarn" };

/** The run's verdict in a word; "so far" while the stream goes on and nothing was flagged. */
function badge(view: View): Line {
  if (!isLive(view)) return [seg(view.phase.is === "failed" ? " NO TRACE " : " WAITING ", "badgeWarn")];
  const { verdict } = view.verdict;
  const running = view.shown.ledger.ended === null && verdict === "clean";
  return [seg(` ${verdict.toUpperCase()}${running ? " SO FAR" : ""} `, BADGE[verdict])];
}

/** The kernel's token bookkeeping and the level, from the longest way to say it to the shortest. */
function kernels(view: View): string[] {
  if (!isLive(view)) return [];
  const { kernel, level } = view.shown.ledger.header;
  const { dot } = view.glyphs;
  return [
    ` ${dot} kernel ${cell(kernel.release)} ${kernel.variant} ${dot} level ${level}`,
    ` ${dot} ${kernel.variant} ${dot} level ${level}`,
    ` ${dot} ${kernel.variant} ${dot} ${level}`,
  ];
}

function time(view: View, width: number): Line {
  if (!isLive(view)) return [];
  if (view.replay) return replayTime(view);
  const untraced = untracedSince(view);
  if (untraced !== null && view.phase.is !== "ended") return [untraced];
  const now = seg(`${clock(view.shown.ledger.now)} s`);
  const missed = width < 100 ? "" : ` (${short(view.missed)} events since)`;
  if (view.model.paused) return [seg("PAUSED at ", "warn"), now, seg(missed, "dim")];
  return view.phase.is === "ended" ? [seg("ended at ", "dim"), now] : [now];
}

/** What is on the screen is old: bpftrace ended and is being started again, or says nothing. */
function untracedSince({ shown }: LiveView) {
  const gap = shown.ledger.gaps.at(-1);
  if (gap && gap.to < 0) return seg(`NOT TRACED since ${clock(gap.from)} s`, "bad");
  const since = shown.ledger.silentSince;
  return since < 0 ? null : seg(`NO WORD of bpftrace since ${clock(since)} s`, "warn");
}

function replayTime(view: View): Line {
  const { t, end, speed } = view.replay as NonNullable<View["replay"]>;
  const state = view.model.paused ? "PAUSED" : speed >= 1 ? `x${speed}` : `x1/${1 / speed}`;
  return [seg(`${state} `, "accent"), seg(`${clock(t)} of ${clock(end)} s`)];
}

function counts(view: LiveView, width: number): Line {
  const lost = lostEvents(view.shown.ledger);
  const leaks = view.leaks.filter((row) => row.socket?.verdict !== "returned elsewhere").length;
  const { open, rate, pinned } = totals(view.sockets);
  const { checks, header } = view.shown.ledger;
  const parts: Line[] = [
    [seg("sockets "), seg(`${short(view.sockets.length)} (${short(open)} open)`, "title")],
    [seg("tokens/s "), seg(countsTokens(header.level) ? short(rate) : "-", "title")],
    [seg("pinned "), seg(bytes(pinned), "title")],
    [seg("leaks "), seg(short(leaks), leaks > 0 ? "bad" : "title")],
    ...(checks.differences > 0 ? [[seg("differs "), seg(short(checks.differences), "bad")]] : []),
    [seg("lost events "), seg(short(lost), lost > 0 ? "warn" : "title")],
    ...(checks.times > 0 ? [[seg("checked "), seg(short(checks.times), "title")]] : []),
  ];
  const told = [seg(" "), ...join(parts, seg("  "))];
  const kinds = lost > 0 ? ` (${lossKinds(view.shown.ledger.lost)})` : "";
  return columns(told) + kinds.length <= width ? [...told, seg(kinds, "warn")] : cut(told, width);
}

/** Over all sockets: how many are open, tokens issued per second, bytes pinned. One pass: there may be thousands. */
function totals(sockets: SocketRow[]) {
  const sum = { open: 0, rate: 0, pinned: 0 };
  for (const row of sockets) {
    if (row.socket.closedAt < 0) sum.open += 1;
    sum.rate += row.issued;
    sum.pinned += row.pinned;
  }
  return sum;
}

const TITLES: Record<ViewName, string> = {
  sockets: "Sockets",
  leaks: "Leaks",
  bindings: "Bindings",
  profile: "Profile",
  log: "Log",
};

/** The view shown stands in brackets: that is seen without colours too. */
function tabs({ model }: View, width: number): Line {
  const tab = (name: ViewName, i: number): Line => {
    const shown = name === model.view;
    const [before, after] = shown ? ["[", "]"] : [" ", " "];
    return [seg(before), seg(i + 1, "key"), seg(` ${TITLES[name]}`, shown ? "title" : "dim"), seg(after)];
  };
  return cut(VIEWS.flatMap(tab), width);
}
