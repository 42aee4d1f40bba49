// page - The report as one HTML file: no network, no script but its own, readable without colour and without a script.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { bytes, plural } from "../../base/format.ts";
import { countsTokens } from "../../events/event.ts";
import { lostText } from "../../ledger/evidence/missing.ts";
import { type Distributions, measuredOf } from "../distributions.ts";
import { html } from "../escape.ts";
import type { Report, ReportBinding, ReportSocket } from "../report.ts";
import type { Selected } from "../selection.ts";
import type { Series } from "../series.ts";
import {
  bindingDetails,
  details,
  elapsed,
  findingText,
  missingLines,
  reconciledText,
  selectionText,
} from "../text.ts";
import { SIGNS } from "./marks.ts";
import { bindingPanels, distributionPanels, socketPanels } from "./panels.ts";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const sha = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The whole page. Text from the traced side is in it as text only; a policy forbids any other script and any address. */
export function page(selected: Selected, series: Series, distributions: Distributions): string {
  const [style, script] = [read("page.css"), read("sorting.js")];
  const policy = `default-src 'none'; style-src ${sha(style)}; script-src ${sha(script)}; base-uri 'none'; form-action 'none'`;
  const { report, shown } = selected;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>devmem-trace: ${html(report.verdict)}</title>
<style>${style}</style>
</head>
<body>
${[
  ...header(report),
  "<h2>Sockets</h2>",
  ...socketTable(report.sockets),
  "<h2>Bindings</h2>",
  ...bindingTable(report.bindings),
  ...strangers(report),
  "<h2>Outstanding and pinned over time</h2>",
  `<p class="signs">${Object.values(SIGNS).map(html).join(" · ")} · hatched: dry</p>`,
  pinnedNote(report),
  "<h3>Per binding</h3>",
  ...bindingPanels(selected, series),
  "<h3>Per socket</h3>",
  ...socketPanels(selected, series),
  "<h2>Hold times and batch sizes</h2>",
  distributionPanels(report.level, measuredOf(distributions, shown.sockets)),
].join("\n")}
<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" class="hatch"/></pattern></defs></svg>
<script>${script}</script>
</body>
</html>
`;
}

function header(report: Report): string[] {
  const { verdict, why, kernel, level, lost, lostBy, wall, sockets } = report;
  const tiles: [string, string][] = [
    ["sockets", String(sockets.length)],
    ["closed holding tokens", String(sockets.filter((s) => s.heldAtClose > 0).length)],
    ["outstanding now", `${sum(sockets, "outstanding")}`],
    ["pinned now", `${bytes(sum(sockets, "pinnedBytes"))}`],
    ...counted(report).map((field): [string, string] => [field, String(sum(sockets, field))]),
    ["events lost", String(lost)],
  ];
  return [
    `<h1>devmem-trace: <span class="verdict" data-verdict="${verdict}">${verdict}</span></h1>`,
    why && `<p class="why">${html(why)}</p>`,
    `<p>Kernel ${html(kernel.release)} (${html(kernel.variant)}), level ${level}, ${elapsed(report.from, report.to)} from ${html(wall)}, ${html(lostText(lostBy))}.</p>`,
    ...missingLines(report).map((text) => `<p>${html(text)}.</p>`),
    ...reconciledText(report).map((text) => `<p>${html(text)}.</p>`),
    report.selection ? `<p>${html(selectionText(report.selection, report.from))}.</p>` : "",
    `<dl class="tiles">${tiles.map(([name, value]) => `<div><dt>${name}</dt><dd>${html(value)}</dd></div>`).join("")}</dl>`,
  ];
}

/** Level sampled counts neither. */
function counted({ level }: Report): ("issued" | "returned")[] {
  return countsTokens(level) ? ["issued", "returned"] : [];
}

function sum(sockets: ReportSocket[], field: "issued" | "returned" | "outstanding" | "pinnedBytes"): number {
  return sockets.reduce((total, s) => total + (s[field] ?? 0), 0);
}

function pinnedNote({ level }: Report): string {
  return level === "tokens"
    ? "<p>Pinned of a socket: distinct pages. Pinned of a binding: the most it can be, a page for each token.</p>"
    : "<p>Totals come a few times a second and at close: what was held and returned in between is not drawn. Pinned: the most it can be, a page for each token.</p>";
}

/** A cell: what is shown, and the number it sorts by where it is one. */
type Cell = string | number;

function socketTable(sockets: ReportSocket[]): string[] {
  if (sockets.length === 0) return ["<p>No socket is shown.</p>"];
  const titles = [
    "verdict",
    "pid",
    "comm",
    "connection",
    "dma-buf",
    "issued",
    "returned",
    "at close",
    "now",
    "pinned",
    "said of it",
  ];
  const rows = sockets.map((s): Cell[] => [
    ...[s.verdict, s.pid, s.comm, `${s.local}\n<- ${s.remote}`, s.dmabufIds.join(", ")],
    ...[s.issued ?? "-", s.returned ?? "-"],
    ...[s.closedAt === null ? "-" : s.heldAtClose, s.outstanding, s.pinnedBytes, details(s).join("\n")],
  ]);
  const verdicts = [...new Set(sockets.map((s) => s.verdict))].sort();
  const choices = ["", ...verdicts].map(
    (v) => `<option value="${html(v)}">${v ? html(v) : "every verdict"}</option>`,
  );
  return [
    `<form class="filter"><label>Find <input type="search" id="find" autocomplete="off"></label> <label>Verdict <select id="verdict">${choices.join("")}</select></label> <output id="matches">${plural(rows.length, "socket")}</output></form>`,
    table("sockets", titles, rows, new Set([9])),
  ];
}

function bindingTable(bindings: ReportBinding[]): string[] {
  if (bindings.length === 0) return ["<p>No binding is shown.</p>"];
  const titles = [
    "verdict",
    "dma-buf",
    "device",
    "queues",
    "size",
    "pages",
    "pid",
    "comm",
    "at unbind",
    "now",
    "said of it",
  ];
  const rows = bindings.map((b): Cell[] => [
    ...[b.verdict, b.id, b.ifname, b.queues.join(", "), b.bytes, b.pages],
    ...(b.boundAt === null ? ["-", "bound before the trace"] : [b.pid, b.comm]),
    ...[b.unboundAt === null ? "-" : b.heldAtUnbind, b.outstanding, bindingDetails(b).join("\n")],
  ]);
  return [table("bindings", titles, rows, new Set([4]))];
}

function table(id: string, titles: string[], rows: Cell[][], inBytes: Set<number>): string {
  const isNumber = (i: number) => rows.some((row) => typeof row[i] === "number");
  const head = titles.map((title, i) => headerOf(title, isNumber(i))).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => cellOf(cell, i, titles[i] ?? "", inBytes)).join("")}</tr>`,
  );
  return `<div class="scroll"><table id="${id}"><thead><tr>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

function headerOf(title: string, isNumber: boolean): string {
  return `<th scope="col"${isNumber ? ' class="number"' : ""}><button type="button">${title}</button></th>`;
}

/** The title is shown beside the cell where a row does not fit the width. */
function cellOf(cell: Cell, column: number, title: string, inBytes: Set<number>): string {
  const of = `data-title="${title}"`;
  if (typeof cell === "number")
    return `<td ${of} class="number" data-value="${cell}">${inBytes.has(column) ? html(bytes(cell)) : cell}</td>`;
  if (cell === "") return `<td ${of}></td>`;
  if (column === 0)
    return `<td ${of}><span class="verdict" data-verdict="${html(cell)}">${html(cell)}</span></td>`;
  return `<td ${of}><div>${folded(cell.split("\n").map((line) => `<bdi>${html(line.trim())}</bdi>`))}</div></td>`;
}

/** What is long is folded behind its first lines. */
function folded(lines: string[]): string {
  if (lines.length <= 4) return lines.join("<br>");
  const rest = lines.slice(3);
  return `${lines.slice(0, 3).join("<br>")}<details><summary>${rest.length} more lines</summary>${rest.join("<br>")}</details>`;
}

function strangers({ findings }: Report): string[] {
  if (findings.length === 0) return [];
  const items = findings.map((f) => `<li>${html(findingText(f))}</li>`);
  return ["<h3>On sockets that never had a token</h3>", `<ul>${items.join("")}</ul>`];
}
