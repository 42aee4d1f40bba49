// sockets - Which socket holds how many tokens: one row per socket.

import { bytes, duration } from "../../collector/base/format.ts";
import { countsTokens } from "../../collector/events/event.ts";
import { oldestOf } from "../../collector/profile/oldest.ts";
import { short } from "../draw/cell-text.ts";
import { sparkline } from "../draw/glyphs.ts";
import { listLines } from "../draw/list.ts";
import type { Line, Role } from "../draw/styled-line.ts";
import type { Column } from "../draw/table.ts";
import { filtered, socketWords, visible } from "../state/filter.ts";
import { trend } from "../state/history.ts";
import { verdictRole } from "../state/journal.ts";
import type { Sort } from "../state/model.ts";
import type { SocketRow } from "../state/rows.ts";
import { sorted } from "../state/sort.ts";
import { type LiveView, oncePerView } from "../state/view.ts";
import { bindings } from "./bindings.ts";
import { type ListPane, socketTarget } from "./pane.ts";

const rows = oncePerView((view): SocketRow[] =>
  sorted(filtered(view.sockets, view.model, socketWords), view.model),
);

export const sockets: ListPane = {
  is: "list",
  key: "1",
  title: "Sockets",
  help: "sockets: which socket holds how many tokens",
  empty: () => ({
    heading: "No socket has received a devmem token yet",
    sentences: [
      "A socket is listed here from its first token on: the first recvmsg with MSG_SOCK_DEVMEM that finds payload in a bound dma-buf.",
      `Press ${bindings.key} to see which dma-bufs are bound, and to which queues. If there is none, start the receiver. If there is one, steer the receiver's flow to a bound queue.`,
    ],
  }),
  rows,
  render,
  titleLines: 1,
  start: "first",
  open: socketTarget,
};

function render(view: LiveView, cursor: number, width: number, height: number): Line[] {
  return listLines(columns(view), rows(view), cursor, width, height, view.glyphs.cursor);
}

/** In the order shown; the rank decides which ones a narrow screen leaves out. */
function columns(view: LiveView): Column<SocketRow>[] {
  const { model } = view;
  const mark = (sort: Sort) => sortMark(view, sort);
  const address = (text: string) => visible(text, model) || "?";
  const counted = countsTokens(view.state.ledger.header.level);
  const rate = (perSecond: number) => (counted ? short(perSecond) : "-");
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
    { title: "DMA-BUF", rank: 8, text: dmabufs },
    { title: "MODE", rank: 9, text: (r) => r.socket.mode },
    { ...number("ISSUED/S", "ISS/S", mark("issued/s"), 2), text: (r) => rate(r.issued) },
    { ...number("RETURNED/S", "RET/S", mark("returned/s"), 2), text: (r) => rate(r.returned) },
    {
      ...number("OUTSTANDING", "OUTST", mark("outstanding"), 0),
      text: (r) => short(r.outstanding),
      role: heldRole,
    },
    { ...number("PINNED", "PINNED", mark("pinned"), 4), least: 7, text: (r) => bytes(r.pinned) },
    { ...number("OLDEST", "OLDEST", mark("oldest"), 6), text: (r) => age(view, r) },
    {
      title: "OUTSTANDING, LAST SECONDS",
      short: "TREND",
      rank: 5,
      least: 6,
      grows: true,
      text: (r, n) => spark(view, r, n),
      role: () => "accent",
    },
  ];
}

/** The sign after the title of the column that sorts. */
function sortMark({ model, glyphs }: LiveView, sort: Sort): string {
  if (model.sort !== sort) return "";
  return model.reversed ? glyphs.up : glyphs.down;
}

function number(title: string, brief: string, mark: string, rank: number) {
  return { title: title + mark, short: brief + mark, rank, right: true, least: 5 };
}

/** Time that one character of a sparkline stands for. */
const STEP_NS = 1e9;

function spark({ state, glyphs }: LiveView, row: SocketRow, columns: number): string {
  return sparkline(trend(state.history.get(row.id), state.ledger.now, columns, STEP_NS), glyphs);
}

function heldRole(row: SocketRow): Role {
  if (row.outstanding === 0) return "dim";
  return row.state === "open" ? "title" : "bad";
}

function dmabufs({ socket }: SocketRow): string {
  return [...new Set(socket.shares.map(({ binding }) => binding.dmabufId))].join(",") || "?";
}

/** "-" also where it may still hold tokens of before the trace: their age is unknown. */
function age({ state }: LiveView, { socket }: SocketRow): string {
  const oldest = oldestOf(socket);
  return oldest === null ? "-" : duration(state.ledger.now - oldest);
}
