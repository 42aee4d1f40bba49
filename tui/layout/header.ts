// header - Always on the screen: verdict, source, kernel, level, time; sockets, rates, pinned, leaks, lost events; the tabs.

import { bytes, clock } from "../../collector/base/format.ts";
import { countsTokens } from "../../collector/events/event.ts";
import { pagesHeld } from "../../collector/ledger/bindings/pages.ts";
import { lostEvents } from "../../collector/ledger/evidence/evidence.ts";
import { lossKinds } from "../../collector/ledger/evidence/missing.ts";
import type { Binding } from "../../collector/ledger/state/socket-and-binding.ts";
import { letGoLeaks } from "../../collector/verdict/bounded-ledger.ts";
import type { RunVerdict } from "../../collector/verdict/words.ts";
import { cell, short } from "../draw/cell-text.ts";
import {
  width as columns,
  cut,
  ends,
  join,
  type Line,
  type Role,
  type Segment,
  seg,
} from "../draw/styled-line.ts";
import { PANES } from "../panes/panes.ts";
import { PANE_NAMES, type PaneName } from "../state/model.ts";
import type { SocketRow } from "../state/rows.ts";
import { isLive, type LiveView, type ReplayPosition, type View } from "../state/view.ts";

/** Three lines, the most important one first; one until the stream's header has arrived. */
export function render(view: View, width: number): Line[] {
  if (!isLive(view)) return [first(view, width)];
  return [first(view, width), counts(view, width), tabs(view, width)];
}

function first(view: View, width: number): Line {
  const right = [seg(" "), ...time(view, width)];
  const left = [...badge(view), seg(` ${cell(view.source)}`, "title")];
  const forms = kernels(view).map((kernel) => [...left, seg(kernel)]);
  const room = width - columns(right) - 1;
  const fitting = forms.find((form) => columns(form) <= room) ?? forms.at(-1) ?? left;
  return ends(cut(fitting, room), right, width);
}

const BADGES: Record<RunVerdict, Role> = {
  clean: "badgeGood",
  leak: "badgeBad",
  inconclusive: "badgeWarn",
};

/** The verdict on the run; "so far" while events still come and there is no leak. */
function badge(view: View): Line {
  if (!isLive(view)) return [seg(view.phase.is === "failed" ? " NO TRACE " : " WAITING ", "badgeWarn")];
  const { verdict } = view.verdict;
  const soFar = view.state.ledger.ended === null && verdict === "clean";
  return [seg(` ${verdict.toUpperCase()}${soFar ? " SO FAR" : ""} `, BADGES[verdict])];
}

/** The kernel's way of keeping tokens, and the level: from the longest form to the shortest. */
function kernels(view: View): string[] {
  if (!isLive(view)) return [];
  const { kernel, level } = view.state.ledger.header;
  const { dot } = view.glyphs;
  return [
    ` ${dot} kernel ${cell(kernel.release)} ${kernel.variant} ${dot} level ${level}`,
    ` ${dot} ${kernel.variant} ${dot} level ${level}`,
    ` ${dot} ${kernel.variant} ${dot} ${level}`,
  ];
}

/** Narrower screens do not show how many events a pause has missed. */
const WIDE = 100;

function time(view: View, width: number): Line {
  if (!isLive(view)) return [];
  if (view.replay) return replayTime(view.replay, view.model.paused);
  const ended = view.phase.is === "ended";
  const stale = ended ? null : staleSince(view);
  if (stale) return [stale];
  const now = seg(`${clock(view.state.ledger.now)} s`);
  const missed = width < WIDE ? "" : ` (${short(view.missed)} events since)`;
  if (view.model.paused) return [seg("PAUSED at ", "warn"), now, seg(missed, "dim")];
  return ended ? [seg("ended at ", "dim"), now] : [now];
}

/** The screen is stale: bpftrace ended and is being restarted, or it is silent. */
function staleSince({ state }: LiveView): Segment | null {
  const { gaps, silentSince } = state.ledger;
  const gap = gaps.at(-1);
  if (gap && gap.to < 0) return seg(`NOT TRACED since ${clock(gap.from)} s`, "bad");
  return silentSince < 0 ? null : seg(`bpftrace SILENT since ${clock(silentSince)} s`, "warn");
}

function replayTime({ t, end, speed }: ReplayPosition, paused: boolean): Line {
  const factor = speed >= 1 ? `x${speed}` : `x1/${1 / speed}`;
  return [seg(`${paused ? "PAUSED" : factor} `, "accent"), seg(`${clock(t)} of ${clock(end)} s`)];
}

function counts(view: LiveView, width: number): Line {
  const numbers = [seg(" "), ...join([...totals(view), ...evidence(view)], seg("  "))];
  const { lost } = view.state.ledger;
  const kinds = lostEvents(view.state.ledger) > 0 ? ` (${lossKinds(lost)})` : "";
  return columns(numbers) + kinds.length <= width ? [...numbers, seg(kinds, "warn")] : cut(numbers, width);
}

function count(name: string, text: string, role: Role = "title"): Line {
  return [seg(`${name} `), seg(text, role)];
}

function totals(view: LiveView): Line[] {
  const { ledger } = view.state;
  const { open, rate, pinned } = sums(view.sockets);
  const counted = countsTokens(ledger.header.level);
  const { letGo } = ledger;
  const leaks =
    letGoLeaks(ledger).leaks +
    view.leaks.filter((row) => row.socket?.verdict !== "returned elsewhere").length;
  return [
    count("sockets", `${short(letGo.sockets + view.sockets.length)} (${short(open)} open)`),
    count("tokens/s", counted ? short(rate) : "-"),
    // Tokens of several sockets may lie on one page.
    count("pinned", bytes(Math.min(pinned, pinnedOfAll(ledger.bindings)))),
    count("leaks", short(leaks), leaks > 0 ? "bad" : "title"),
  ];
}

function pinnedOfAll(bindings: readonly Binding[]): number {
  return bindings.reduce((sum, binding) => sum + pagesHeld(binding) * binding.pageSize, 0);
}

/** What the numbers rest on: events lost, and comparisons with the kernel's own numbers. */
function evidence({ state }: LiveView): Line[] {
  const lost = lostEvents(state.ledger);
  const { differences, times } = state.ledger.checks;
  return [
    ...(differences > 0 ? [count("differences", short(differences), "bad")] : []),
    count("lost events", short(lost), lost > 0 ? "warn" : "title"),
    ...(times > 0 ? [count("checks", short(times))] : []),
  ];
}

/** Over all sockets: how many are open, tokens issued per second, bytes pinned. One pass: there may be thousands. */
function sums(sockets: SocketRow[]) {
  const sum = { open: 0, rate: 0, pinned: 0 };
  for (const row of sockets) {
    if (row.socket.closedAt < 0) sum.open += 1;
    sum.rate += row.issued;
    sum.pinned += row.pinned;
  }
  return sum;
}

/** The pane shown stands in brackets, which is visible without colours too. */
function tabs({ model }: View, width: number): Line {
  return cut(
    PANE_NAMES.flatMap((name) => tab(name, name === model.pane)),
    width,
  );
}

function tab(name: PaneName, shown: boolean): Line {
  const { key, title } = PANES[name];
  const [before, after] = shown ? ["[", "]"] : [" ", " "];
  return [seg(before), seg(key, "key"), seg(` ${title}`, shown ? "title" : "dim"), seg(after)];
}
