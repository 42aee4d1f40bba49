// chart - Steps over time and bars, as SVG that needs neither colour nor a script to be read.

import { html } from "./escape.ts";

/** Something that happened at time t (ns since t0): a letter above a line, explained below the chart. */
export interface Mark {
  t: number;
  sign: string;
  label: string;
  /** Drawn as trouble. */
  bad: boolean;
}

/** A stretch drawn hatched, in which the dma-buf was exhausted. */
export interface Band {
  from: number;
  to: number;
}

export interface Steps {
  /** What a screen reader reads out. */
  label: string;
  /** The value is v from time t on. */
  points: { t: number; v: number }[];
  /** ns since t0, drawn from left to right. */
  from: number;
  to: number;
  marks: Mark[];
  bands: Band[];
  /** A value as text, for the axis. */
  unit(v: number): string;
}

const WIDTH = 560;
const HEIGHT = 150;
const PLOT = { left: 66, right: 548, top: 22, bottom: 126 };

/** Values over time as a filled staircase. */
export function steps(chart: Steps): string {
  const top = chart.points.reduce((most, { v }) => Math.max(most, v), 1);
  const x = timeScale(chart);
  const y = (v: number) => fixed(PLOT.bottom - (v / top) * (PLOT.bottom - PLOT.top));
  const path = staircase(chart, x, y);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${html(chart.label)}">`,
    ...[0, top / 2, top].map((v) => gridLine(y(v), v === top / 2 && top < 2 ? "" : chart.unit(v))),
    ...chart.bands.map((b) => band(x(b.from), x(b.to))),
    path && `<path class="area" d="${path}V${PLOT.bottom}H${x(chart.points[0]?.t ?? 0)}Z"/>`,
    path && `<path class="line" d="${path}"/>`,
    ...chart.marks.map((mark) => markLine(mark, x(mark.t))),
    ...timeAxis(chart, x),
    "</svg>",
  ].join("");
}

type Scale = (value: number) => string;

function spanOf({ from, to }: Steps): number {
  return Math.max(1, to - from);
}

/** What lies outside is drawn at the edge. */
function timeScale(chart: Steps): Scale {
  const { from, to } = chart;
  const perNs = (PLOT.right - PLOT.left) / spanOf(chart);
  return (t) => fixed(PLOT.left + (Math.min(Math.max(t, from), to) - from) * perNs);
}

function staircase({ points, from, to }: Steps, x: Scale, y: Scale): string {
  const before = points.findLast((p) => p.t <= from);
  const inside = points.filter((p) => p.t > from && p.t <= to);
  const drawn = before ? [{ t: from, v: before.v }, ...inside] : inside;
  const [first, ...rest] = drawn;
  if (!first) return "";
  return `M${x(first.t)} ${y(first.v)}${rest.map((p) => `H${x(p.t)}V${y(p.v)}`).join("")}H${x(to)}`;
}

function gridLine(y: string, label: string): string {
  const text = label && `<text x="${PLOT.left - 6}" y="${Number(y) + 4}" class="left">${html(label)}</text>`;
  return `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>${text}`;
}

function band(from: string, to: string): string {
  const width = Math.max(2, Number(to) - Number(from));
  return `<rect class="band" x="${from}" width="${width}" y="${PLOT.top}" height="${PLOT.bottom - PLOT.top}"><title>exhausted</title></rect>`;
}

function markLine({ sign, label, bad }: Mark, x: string): string {
  const cls = bad ? "mark bad" : "mark";
  return `<g class="${cls}"><title>${html(label)}</title><line x1="${x}" x2="${x}" y1="${PLOT.top}" y2="${PLOT.bottom}"/><text x="${x}" y="${PLOT.top - 6}">${html(sign)}</text></g>`;
}

function timeAxis(chart: Steps, x: Scale): string[] {
  const { from, to } = chart;
  const span = spanOf(chart);
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(span / 1e9)) + 2));
  const places = ["start", "middle", "end"];
  return [from, from + span / 2, to].map(
    (t, i) =>
      `<text x="${x(t)}" y="${PLOT.bottom + 16}" class="${places[i]}">${(t / 1e9).toFixed(digits)} s</text>`,
  );
}

/** How often each value occurred: one labelled bar per row. */
export function bars(label: string, rows: { name: string; times: number }[]): string {
  const most = Math.max(1, ...rows.map(({ times }) => times));
  const height = rows.length * BAR.row + 6;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${html(label)}">`,
    ...rows.map(({ name, times }, i) => bar(name, times, times / most, i * BAR.row + 4)),
    "</svg>",
  ].join("");
}

const BAR = { left: 178, longest: 300, thick: 18, row: 22 };

function bar(name: string, times: number, share: number, y: number): string {
  const width = fixed(share * BAR.longest);
  return [
    `<text x="${BAR.left - 8}" y="${y + 13}" class="left">${html(name)}</text>`,
    `<rect class="bar" x="${BAR.left}" width="${width}" y="${y}" height="${BAR.thick}"/>`,
    `<text x="${fixed(BAR.left + 8 + Number(width))}" y="${y + 13}" class="start">${times}</text>`,
  ].join("");
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
