// markdown - The report for an issue tracker: the verdict, two tables, and the details of each row.

import { lostText } from "../../ledger/evidence/missing.ts";
import { BINDING_COLUMNS, type Column, SOCKET_COLUMNS } from "../columns.ts";
import { bindingDetails, socketDetails } from "../details.ts";
import { findingText } from "../finding-text.ts";
import { letGoLines, ROLE_COLUMNS } from "../let-go-report.ts";
import type { Report, ReportBinding, ReportSocket } from "../shape.ts";
import { missingLines, reconciledLines, selectionLines } from "../summary.ts";
import { elapsed } from "../time.ts";
import { code, prose } from "./escape.ts";

/** The whole report, one line per array entry. */
export function reportMarkdown(report: Report): string[] {
  return [
    headline(report),
    "",
    runLine(report),
    ...missingLines(report).map((text) => `${prose(text)}.`),
    ...[...reconciledLines(report), ...selectionLines(report), ...letGoLines(report)].flatMap(paragraph),
    ...roles(report),
    "",
    ...table(SOCKET_COLUMNS, report.sockets, "No socket is shown."),
    ...notes(report.sockets, socketName, socketDetails),
    "",
    ...table(BINDING_COLUMNS, report.bindings, "No binding is shown."),
    ...notes(report.bindings, bindingName, bindingDetails),
    ...strangers(report),
  ];
}

function headline({ verdict, why }: Report): string {
  return `**devmem-trace: ${verdict}**${why ? ` - ${prose(why)}` : ""}`;
}

function runLine({ kernel, bpftrace, level, from, to, lostBy }: Report): string {
  return `Kernel ${code(kernel.release)} (${kernel.variant}), bpftrace ${code(bpftrace)}, level ${level}, ${elapsed(from, to)}, ${lostText(lostBy)}.`;
}

function paragraph(text: string): string[] {
  return ["", `${prose(text)}.`];
}

function table<Row>(columns: readonly Column<Row>[], rows: Row[], none: string): string[] {
  if (rows.length === 0) return [none];
  const titles = columns.map(({ title }) => title);
  return [line(titles), line(titles.map(() => "---")), ...rows.map((row) => line(cells(columns, row)))];
}

function line(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cells<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map(({ cell }) => {
    const text = cell(row);
    return typeof text === "string" ? text : code(text.foreign);
  });
}

/** A list of the rows that have details: the first beside the name, the others below. */
function notes<Row>(rows: Row[], name: (row: Row) => string, details: (row: Row) => string[]): string[] {
  const lines = rows.flatMap((row) =>
    details(row).map((text, i) => (i === 0 ? `- ${name(row)}: ${prose(text)}` : `  - ${prose(text)}`)),
  );
  return lines.length > 0 ? ["", ...lines] : [];
}

function socketName({ local, remote }: ReportSocket): string {
  return code(`${local} <- ${remote}`);
}

function bindingName({ id }: ReportBinding): string {
  return `dma-buf ${id}`;
}

function roles({ letGo }: Report): string[] {
  return letGo ? ["", ...table(ROLE_COLUMNS, letGo.roles, "No role.")] : [];
}

function strangers({ findings }: Report): string[] {
  if (findings.length === 0) return [];
  const items = findings.map((finding) => `- ${prose(findingText(finding))}`);
  return ["", "On sockets that never received a token:", "", ...items];
}
