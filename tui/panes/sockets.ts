// sockets - Who holds how many tokens: a row per socket.

import { bytes, duration } from "../../collector/base/format.ts";
import { countsTokens } from "../../collector/events/event.ts";
import { oldestOf } from "../../collector/profile/metrics.ts";
import { short } from "../draw/cell-text.ts";
import { sparkline } from "../draw/glyphs.ts";
import { listLines } from "../draw/list.ts";
import type { Line } from "../draw/styled-line.ts";
import type { Column } from "../draw/table.ts";
import { cursorIndex } from "../input/update.ts";
import { trend } from "../state/history.ts";
import { verdictRole } from "../state/journal.ts";
import type { Sort } from "../state/model.ts";
import { filtered, type SocketRow, socketWords, sorted, visible } from "../state/rows.ts";
import { type LiveView, perView } from "../state/view.ts";

/** The rows in the order shown. */
export const rows = perView((view): SocketRow[] =>
  sorted(filtered(view.sockets, view.model, socketWords), view.model),
);

/** The list around the cursor. */
export function render(view: LiveView, width: number, height: number): Line[] {
  const all = rows(view);
  const at = cursorIndex(view.model, all);
  return listLines(columns(view), all, at, width, height, view.glyphs.cursor);
}

/** A sparkline's character stands for this long. */
const STEP_NS = 1e9;

function columns(view: LiveView): Column<SocketRow>[] {
  const { model, glyphs, shown } = view;
  const mark = (sort: Sort) => (model.sort === sort ? (model.reversed ? glyphs.up : glyphs.down) : "");
  const address = (text: string) => visible(text, model) || "?";
  const counted = countsTokens(shown.ledger.header.level);
  const rate = (perSecond: number) => (counted ? short(perSecond) : "-");
  const spark = (row: SocketRow, n: number) =>
    sparkline(trend(shown.history.get(row.id), shown.ledger.now, n, STEP_NS), glyphs);
  return [
    {
      title: `VERDICT${mark("verdict")}`,
      rank: 0,
      least: 9,
      text: (r) => r.verdict,
      role: (r) => verdictRole(r.verdict),
    },
    { title: "STATE", rank: 10, least: 9, text: (r) => r.state },
    { title: `PID${mark("pid")}`, rank: 1, right: true, least: 5, text: (r) => String(r.socket.pid || "?") },
    { title: `COMM${mark("comm")}`, rank: 4, least: 6, text: (r) => r.comm || "?" },
    { title: `LOCAL${mark("local")}`, rank: 7, text: (r) => address(r.local) },
    { title: `REMOTE${mark("remote")}`, rank: 3, text: (r) => address(r.remote) },
    { title: "DMA-BUF", rank: 8, text: (r) => dmabufs(r) },
    { title: "MODE", rank: 9, text: (r) => r.socket.mode },
    { ...number("ISSUED/S", "ISS/S", mark("issued/s"), 2), text: (r) => rate(r.issued) },
    { ...number("RETURNED/S", "RET/S", mark("returned/s"), 2), text: (r) => rate(r.returned) },
    {
      ...number("OUTSTANDING", "OUTST", mark("outstanding"), 0),
      text: (r) => short(r.outstanding),
      role: heldRole,
    },
    { ...number("PINNED", "PINNED", mark("pinned"), 4), least: 7, text: (r) => bytes(r.pinned) },
    {
      ...number("OLDEST", "OLDEST", mark("oldest"), 6),
      text: (r) => age(view, r),
    },
    {
      title: "OUTSTANDING, LAST SECONDS",
      short: "TREND",
      rank: 5,
      least: 6,
      grows: true,
      text: spark,
      role: () => "accent",
    },
  ];
}

function number(title: string, brief: string, mark: string, rank: number) {
  return { title: title + mark, short: brief + mark, rank, right: true, least: 5 };
}

function heldRole(row: SocketRow) {
  return row.outstanding === 0 ? "dim" : row.state === "open" ? "title" : "bad";
}

function dmabufs({ socket }: SocketRow): string {
  return [...new Set(socket.shares.map(({ binding }) => binding.dmabufId))].join(",") || "?";
}

/** What it held before the trace, and still may, is of unknown age. */
function age({ shown }: LiveView, { socket }: SocketRow): string {
  const oldest = oldestOf(socket);
  return oldest === null ? "-" : duration(shown.ledger.now - oldest);
}
