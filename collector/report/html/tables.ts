// tables - The page's tables of sockets and bindings, which sorting.js sorts and filters.

import { bytes, plural, printable } from "../../base/format.ts";
import { bindingDetails, socketDetails } from "../details.ts";
import { roleText, verdictsText } from "../let-go-report.ts";
import type { ReportBinding, ReportRole, ReportSocket } from "../shape.ts";
import { html } from "./escape.ts";

/** A number is what a row sorts by; text may have several lines. */
type Cell = string | number;

interface Column<Row> {
  title: string;
  cell(row: Row): Cell;
  /** A number as text. */
  text(value: number): string;
}

function column<Row>(title: string, cell: Column<Row>["cell"], text: Column<Row>["text"] = String) {
  return { title, cell, text };
}

const SOCKET_COLUMNS: readonly Column<ReportSocket>[] = [
  column("verdict", (s) => s.verdict),
  column("pid", (s) => s.pid),
  column("comm", (s) => s.comm),
  column("connection", (s) => `${s.local}\n<- ${s.remote}`),
  column("dma-buf", (s) => s.dmabufIds.join(", ")),
  column("issued", (s) => s.issued ?? "-"),
  column("returned", (s) => s.returned ?? "-"),
  column("at close", (s) => (s.closedAt === null ? "-" : s.heldAtClose)),
  column("now", (s) => s.outstanding),
  column("pinned", (s) => s.pinnedBytes, bytes),
  column("details", (s) => socketDetails(s).join("\n")),
];

const BINDING_COLUMNS: readonly Column<ReportBinding>[] = [
  column("verdict", (b) => b.verdict),
  column("dma-buf", (b) => b.id),
  column("device", (b) => b.ifname),
  column("queues", (b) => b.queues.join(", ")),
  column("size", (b) => b.bytes, bytes),
  column("pages", (b) => b.pages),
  column("pid", (b) => (b.boundAt === null ? "-" : b.pid)),
  column("comm", (b) => (b.boundAt === null ? "bound before the trace" : b.comm)),
  column("at unbind", (b) => (b.unboundAt === null ? "-" : b.heldAtUnbind)),
  column("now", (b) => b.outstanding),
  column("details", (b) => bindingDetails(b).join("\n")),
];

/** Lines of HTML: a form that filters, and the table. */
export function* socketTable(sockets: ReportSocket[]): Generator<string> {
  if (sockets.length === 0) return yield "<p>No socket is shown.</p>";
  yield filterForm(sockets);
  yield* table("sockets", SOCKET_COLUMNS, sockets);
}

const ROLE_COLUMNS: readonly Column<ReportRole>[] = [
  column("role", (role) => printable(roleText(role))),
  column("sockets", (role) => role.sockets),
  column("leaks", (role) => role.leaks),
  column("issued", (role) => role.issued ?? "-"),
  column("returned", (role) => role.returned ?? "-"),
  column("at close", (role) => role.heldAtClose),
  column("verdicts when let go", (role) => verdictsText(role)),
];

/** Lines of HTML; none where nothing was let go. */
export function* roleTable(roles: ReportRole[]): Generator<string> {
  if (roles.length === 0) return;
  yield "<h2>Sockets that were let go, by role</h2>";
  yield* table("roles", ROLE_COLUMNS, roles);
}

/** Lines of HTML. */
export function* bindingTable(bindings: ReportBinding[]): Generator<string> {
  if (bindings.length === 0) return yield "<p>No binding is shown.</p>";
  yield* table("bindings", BINDING_COLUMNS, bindings);
}

function filterForm(sockets: ReportSocket[]): string {
  const verdicts = [...new Set(sockets.map((s) => s.verdict))].sort();
  const choices = verdicts.map((verdict) => `<option value="${html(verdict)}">${html(verdict)}</option>`);
  return [
    '<form class="filter"><label>Find <input type="search" id="find" autocomplete="off"></label>',
    `<label>Verdict <select id="verdict"><option value="">all verdicts</option>${choices.join("")}</select></label>`,
    `<output id="matches">${plural(sockets.length, "socket")}</output></form>`,
  ].join(" ");
}

function* table<Row>(id: string, columns: readonly Column<Row>[], rows: Row[]): Generator<string> {
  const head = columns.map((one) => headerOf(one, rows)).join("");
  yield `<div class="scroll"><table id="${id}"><thead><tr>${head}</tr></thead><tbody>`;
  for (const row of rows) yield rowOf(columns, row);
  yield "</tbody></table></div>";
}

function headerOf<Row>({ title, cell }: Column<Row>, rows: Row[]): string {
  const isNumber = rows.some((row) => typeof cell(row) === "number");
  return `<th scope="col"${isNumber ? ' class="number"' : ""}><button type="button">${title}</button></th>`;
}

function rowOf<Row>(columns: readonly Column<Row>[], row: Row): string {
  return `<tr>${columns.map((one) => cellOf(one, row)).join("")}</tr>`;
}

/** The title is shown beside the cell where a row does not fit the width. */
function cellOf<Row>({ title, cell, text }: Column<Row>, row: Row): string {
  const value = cell(row);
  const of = `data-title="${title}"`;
  if (typeof value === "number")
    return `<td ${of} class="number" data-value="${value}">${html(text(value))}</td>`;
  if (value === "") return `<td ${of}></td>`;
  if (title === "verdict") return `<td ${of}>${verdictBadge(value)}</td>`;
  return `<td ${of}><div>${folded(value.split("\n"))}</div></td>`;
}

/** A verdict in its colour and with its sign (page.css). */
export function verdictBadge(verdict: string): string {
  return `<span class="verdict" data-verdict="${html(verdict)}">${html(verdict)}</span>`;
}

const LINES_SHOWN = 3;

/** Long text is folded behind its first lines. */
function folded(texts: string[]): string {
  const lines = texts.map((text) => `<bdi>${html(text)}</bdi>`);
  if (lines.length <= LINES_SHOWN + 1) return lines.join("<br>");
  const rest = lines.slice(LINES_SHOWN);
  return `${lines.slice(0, LINES_SHOWN).join("<br>")}<details><summary>${rest.length} more lines</summary>${rest.join("<br>")}</details>`;
}
