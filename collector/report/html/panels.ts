// panels - The page's charts: outstanding and pinned of each binding and socket, hold times and batch sizes.

import { bytes, duration, plural } from "../../base/format.ts";
import { type Histogram, octaves } from "../../base/histogram.ts";
import type { Level } from "../../events/event.ts";
import type { Profile } from "../../ledger/profile/profile.ts";
import { html } from "../escape.ts";
import type { ReportBinding, ReportSocket } from "../report.ts";
import type { Point } from "../sampler.ts";
import type { Selected } from "../selection.ts";
import type { Series } from "../series.ts";
import { type Band, bars, type Mark, steps } from "./chart.ts";
import { bindingMarks, lossMarks, socketMarks, stretch } from "./marks.ts";

/** More sockets than these are in the table only: the page must stay one a person can look through. */
const DRAWN = 24;

interface Panel {
  name: string;
  verdict: string;
  points: Point[];
  marks: Mark[];
  bands: Band[];
}

/** One row of two charts for every binding. */
export function bindingPanels({ shown, report, from, to }: Selected, series: Series): string[] {
  const losses = lossMarks(series.losses);
  const panels = shown.bindings.map((binding, i) => {
    const { id, ifname, verdict } = report.bindings[i] as ReportBinding;
    const points = series.bindings.get(binding) ?? [];
    const marks = [...bindingMarks(binding, shown.sockets), ...losses];
    return { name: `dma-buf ${id} on ${ifname || "?"}`, verdict, points, marks, bands: binding.dry };
  });
  return panels.map((panel) => figure(panel, range([panel], from, to)));
}

/** The same for the sockets, those that closed holding most first, all over the same stretch of time. */
export function socketPanels({ shown, report, from, to }: Selected, series: Series): string[] {
  const panels = shown.sockets
    .map((socket, i) => ({ socket, row: report.sockets[i] as ReportSocket }))
    .sort((a, b) => b.row.heldAtClose - a.row.heldAtClose || b.row.outstanding - a.row.outstanding)
    .slice(0, DRAWN)
    .map(({ socket, row }) => ({
      name: `${row.local} <- ${row.remote} pid ${row.pid} (${row.comm})`,
      verdict: row.verdict,
      points: series.sockets.get(socket) ?? [],
      marks: socketMarks(socket),
      bands: [],
    }));
  const stretch = range(panels, from, to);
  const rest = shown.sockets.length - panels.length;
  const more =
    rest > 0
      ? [
          `<p>${plural(rest, "more socket")} not drawn: see the table, or select some with --pid or --port.</p>`,
        ]
      : [];
  return [...panels.map((panel) => figure(panel, stretch)), ...more];
}

function range(panels: Panel[], from: number, to: number) {
  const times = panels.flatMap(({ points, marks }) => [...points, ...marks].map(({ t }) => t));
  return stretch(times, from, to);
}

function figure(
  { name, verdict, points, marks, bands }: Panel,
  { from, to }: { from: number; to: number },
): string {
  const inside = marks.filter(({ t }) => t >= from && t <= to);
  const common = { from, to, marks: inside, bands };
  const most = Math.max(0, ...points.map(({ held }) => held));
  const caption = `<figcaption>${html(name)} <span class="verdict" data-verdict="${html(verdict)}">${html(verdict)}</span></figcaption>`;
  if (most === 0) return `<figure>${caption}<p>${html(idle(inside))}</p></figure>`;
  const label = `${name}: at most ${plural(most, "token")} outstanding`;
  return [
    `<figure>${caption}`,
    `<div><h4>outstanding, tokens</h4>${steps({ ...common, label, points: points.map(({ t, held }) => ({ t, v: held })), unit: whole })}</div>`,
    `<div><h4>pinned</h4>${steps({ ...common, label: `${name}: bytes pinned`, points: points.map(({ t, pinned }) => ({ t, v: pinned })), unit: bytes })}</div>`,
    "</figure>",
  ].join("");
}

/** An empty chart says less than a sentence. */
function idle(marks: Mark[]): string {
  const said = marks.map(({ label }) => label);
  return `Was not seen holding a token${said.length > 0 ? `: ${said.join(", ")}` : ""}.`;
}

/** Half a token is no token: the axis does not name it. */
const whole = (v: number) => (Number.isInteger(v) ? String(v) : "");

/** Hold times and tokens per return as bars, or the sentence that says why there are none. */
export function distributionPanels(level: Level, { holds, ranges }: Profile): string {
  if (holds.total + ranges.total === 0) return `<p>${absence(level)}</p>`;
  const held = rows(holds, (low) => `${duration(low)} to ${duration(2 * low)}`);
  const sizes = rows(ranges, (low) => (low === 1 ? "1 token" : `${low} to ${2 * low - 1} tokens`));
  return `<div class="pair"><div><h4>held from issue to return: tokens</h4>${bars("hold times", held)}</div><div><h4>tokens named by one range of a return: ranges</h4>${bars("batch sizes", sizes)}</div></div>`;
}

function absence(level: Level): string {
  return level === "counts"
    ? "Level counts sums tokens in the kernel: it does not tell how long each was held, nor how many a return named. Record with --level tokens to know."
    : "No return of a known token was seen in this stretch, so nothing is known of hold times and batch sizes.";
}

function rows(histogram: Histogram, name: (low: number) => string): { name: string; times: number }[] {
  return octaves(histogram).map(({ low, times }) => ({ name: name(low), times }));
}
