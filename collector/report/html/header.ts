// header - The top of the page: verdict, run, and the numbers of all sockets together.

import { bytes } from "../../base/format.ts";
import { countsTokens } from "../../events/event.ts";
import { lostText } from "../../ledger/evidence/missing.ts";
import { letGoLines } from "../let-go-report.ts";
import type { Report, ReportSocket } from "../shape.ts";
import { missingLines, reconciledLines, selectionLines } from "../summary.ts";
import { elapsed } from "../time.ts";
import { html } from "./escape.ts";

/** Lines of HTML. */
export function header(report: Report): string[] {
  const { verdict, why } = report;
  const sentences = [
    ...missingLines(report),
    ...reconciledLines(report),
    ...selectionLines(report),
    ...letGoLines(report),
  ];
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

function tiles({ sockets, bindings, level, lost, letGo }: Report): Tile[] {
  const holding = (letGo?.leaks ?? 0) + sockets.filter((s) => s.heldAtClose > 0).length;
  return [
    ["sockets", String((letGo?.sockets ?? 0) + sockets.length)],
    ["closed holding tokens", String(holding)],
    ["outstanding now", String(sum(sockets, "outstanding"))],
    ["pinned now", bytes(Math.min(sum(sockets, "pinnedBytes"), sum(bindings, "pinnedBytes")))],
    ...(countsTokens(level) ? countTiles([...sockets, ...(letGo?.roles ?? [])]) : []),
    ["events lost", String(lost)],
  ];
}

type Counted = Pick<ReportSocket, "issued" | "returned">;

function countTiles(all: Counted[]): Tile[] {
  return [
    ["issued", String(sum(all, "issued"))],
    ["returned", String(sum(all, "returned"))],
  ];
}

function tile([name, value]: Tile): string {
  return `<div><dt>${name}</dt><dd>${html(value)}</dd></div>`;
}

function sum<Field extends string>(all: { [F in Field]: number | null }[], field: Field): number {
  return all.reduce((total, one) => total + (one[field] ?? 0), 0);
}
