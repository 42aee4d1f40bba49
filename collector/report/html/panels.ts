// panels - The page's charts over time: outstanding and pinned of each binding and socket.

import { bytes, plural } from "../../base/format.ts";
import type { Binding, Socket } from "../../ledger/state/socket-and-binding.ts";
import type { Point } from "../sampler.ts";
import type { Selected } from "../selection.ts";
import type { Series } from "../series.ts";
import type { ReportBinding, ReportSocket } from "../shape.ts";
import { type Band, type Mark, type Steps, steps } from "./chart.ts";
import { html } from "./escape.ts";
import { bindingMarks, lossMarks, type Stretch, socketMarks, stretch } from "./marks.ts";
import { verdictBadge } from "./tables.ts";

/** Further sockets are in the table only, so that a person can look through the page. */
const DRAWN = 24;

interface Panel {
  name: string;
  verdict: string;
  points: Point[];
  marks: Mark[];
  bands: Band[];
}

/** One row of two charts for every binding, those that were unbound holding most first where there are too many. */
export function* bindingPanels({ shown, report, from, to }: Selected, series: Series): Generator<string> {
  const all = shown.bindings.map((binding, i) => ({ binding, row: report.bindings[i] as ReportBinding }));
  const drawn = all.length <= DRAWN ? all : all.sort((a, b) => weight(b.row) - weight(a.row)).slice(0, DRAWN);
  for (const { binding, row } of drawn) {
    const panel = bindingPanel(binding, row, shown.sockets, series);
    yield figure(panel, range([panel], from, to));
  }
  if (all.length > DRAWN)
    yield `<p>${plural(all.length - DRAWN, "more binding")} not drawn: see the table.</p>`;
}

function weight({ heldAtUnbind, outstanding }: ReportBinding): number {
  return Math.max(heldAtUnbind, outstanding);
}

/** Marks and hatched stretches of one chart: further ones would cover each other. */
const MARKED = 256;

function bindingPanel(binding: Binding, row: ReportBinding, sockets: Socket[], series: Series): Panel {
  return {
    name: `dma-buf ${row.id} on ${row.ifname || "?"}`,
    verdict: row.verdict,
    points: series.bindings.get(binding) ?? [],
    marks: [...bindingMarks(binding, sockets), ...lossMarks(series.losses)].slice(0, MARKED),
    bands: binding.dry.slice(0, MARKED),
  };
}

/** The same for the sockets, those that closed holding most first, all over the same stretch of time. */
export function socketPanels({ shown, report, from, to }: Selected, series: Series): string[] {
  const panels = shown.sockets
    .map((socket, i) => ({ socket, row: report.sockets[i] as ReportSocket }))
    .sort((a, b) => b.row.heldAtClose - a.row.heldAtClose || b.row.outstanding - a.row.outstanding)
    .slice(0, DRAWN)
    .map(({ socket, row }) => socketPanel(socket, row, series));
  const all = range(panels, from, to);
  return [...panels.map((panel) => figure(panel, all)), ...restNote(shown.sockets.length - panels.length)];
}

function socketPanel(socket: Socket, row: ReportSocket, series: Series): Panel {
  return {
    name: `${row.local} <- ${row.remote} pid ${row.pid} (${row.comm})`,
    verdict: row.verdict,
    points: series.sockets.get(socket) ?? [],
    marks: socketMarks(socket),
    bands: [],
  };
}

function restNote(rest: number): string[] {
  if (rest <= 0) return [];
  return [
    `<p>${plural(rest, "more socket")} not drawn: see the table, or select some with --pid or --port.</p>`,
  ];
}

function range(panels: Panel[], from: number, to: number): Stretch {
  const times = panels.flatMap(({ points, marks }) => [...points, ...marks].map(({ t }) => t));
  return stretch(times, from, to);
}

function figure(panel: Panel, { from, to }: Stretch): string {
  const { name, verdict, points } = panel;
  const marks = panel.marks.filter(({ t }) => t >= from && t <= to);
  const caption = `<figcaption>${html(name)} ${verdictBadge(verdict)}</figcaption>`;
  const most = points.reduce((all, { held }) => Math.max(all, held), 0);
  if (most === 0) return `<figure>${caption}<p>${html(idle(marks))}</p></figure>`;
  const chart = (label: string, value: (point: Point) => number, unit: Steps["unit"]) =>
    steps({
      label,
      points: points.map((p) => ({ t: p.t, v: value(p) })),
      from,
      to,
      marks,
      bands: panel.bands,
      unit,
    });
  const label = `${name}: at most ${plural(most, "token")} outstanding`;
  return [
    `<figure>${caption}`,
    `<div><h4>outstanding, tokens</h4>${chart(label, ({ held }) => held, whole)}</div>`,
    `<div><h4>pinned</h4>${chart(`${name}: bytes pinned`, ({ pinned }) => pinned, bytes)}</div>`,
    "</figure>",
  ].join("");
}

/** A sentence instead of an empty chart. */
function idle(marks: Mark[]): string {
  const labels = marks.map(({ label }) => label);
  return `Was not seen holding a token${labels.length > 0 ? `: ${labels.join(", ")}` : ""}.`;
}

/** Half a token does not exist: the axis does not name it. */
function whole(v: number): string {
  return Number.isInteger(v) ? String(v) : "";
}
