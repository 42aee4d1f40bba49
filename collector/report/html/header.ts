// header - The top of the page: verdict, run, and the numbers of all sockets together.

import { bytes } from "../../base/format.ts";
import { countsTokens } from "../../events/event.ts";
import { lostText } from "../../ledger/evidence/missing.ts";
import type { Report, ReportBinding, ReportSocket } from "../shape.ts";
import { missingLines, reconciledLines, selectionLines } from "../summary.ts";
import { elapsed } from "../time.ts";
import { html } from "./escape.ts";

/** Lines of HTML. */
export function header(report: Report): string[] {
  const { verdict, why } = report;
  const sentences = [...missingLines(report), ...reconciledLines(report), ...selectionLines(report)];
  return [
    `<h1>devmem-trace: <span class="verdict" data-verdict="${verdict}">${verdict}</span></h1>`,
    why && `<p class="why">${html(why)}</p>`,
    `<p>${runLine(report)}</p>`,
    ...sentences.map((text) => `<p>${html(text)}.</p>`),
    `<dl class="tiles">${tiles(report).map(tile).join("")}</dl>`,
  ];
}

function runLine({ kernel, level, from, to, wall, lostBy }: Report): string {
  return `Kernel ${html(kernel.release)} (${html(kernel.variant)}), level ${level}, ${elapsed(from, to)} from ${html(wall)}, ${html(lostText(lostBy))}.`;
}

type Tile = [name: string, value: string];

function tiles({ sockets, bindings, level, lost }: Report): Tile[] {
  const holding = sockets.filter((s) => s.heldAtClose > 0).length;
  return [
    ["sockets", String(sockets.length)],
    ["closed holding tokens", String(holding)],
    ["outstanding now", String(sum(sockets, "outstanding"))],
    ["pinned now", bytes(Math.min(sum(sockets, "pinnedBytes"), pinnedOf(bindings)))],
    ...(countsTokens(level) ? countTiles(sockets) : []),
    ["events lost", String(lost)],
  ];
}

function countTiles(sockets: ReportSocket[]): Tile[] {
  return [
    ["issued", String(sum(sockets, "issued"))],
    ["returned", String(sum(sockets, "returned"))],
  ];
}

function tile([name, value]: Tile): string {
  return `<div><dt>${name}</dt><dd>${html(value)}</dd></div>`;
}

/** Tokens of several sockets may lie on one page. */
function pinnedOf(bindings: ReportBinding[]): number {
  return bindings.reduce((total, { pinnedBytes }) => total + pinnedBytes, 0);
}

function sum(sockets: ReportSocket[], field: "issued" | "returned" | "outstanding" | "pinnedBytes"): number {
  return sockets.reduce((total, s) => total + (s[field] ?? 0), 0);
}
