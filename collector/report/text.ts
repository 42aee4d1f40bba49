// text - The report as text: on stderr at the end of a run, on a terminal, in a log.

import { printable, table } from "../base/format.ts";
import { lostText } from "../ledger/evidence/missing.ts";
import { BINDING_COLUMNS, type Column, SOCKET_COLUMNS } from "./columns.ts";
import { bindingDetails, socketDetails } from "./details.ts";
import { findingText } from "./finding-text.ts";
import { letGoLines, ROLE_COLUMNS } from "./let-go-report.ts";
import type { Report, ReportFinding } from "./shape.ts";
import { missingLines, reconciledLines, selectionLines } from "./summary.ts";
import { elapsed } from "./time.ts";

/** The whole report, one line per array entry. The first line has the verdict. */
export function reportText(report: Report): string[] {
  return [
    headline(report),
    runLine(report),
    ...missingLines(report),
    ...reconciledLines(report),
    ...selectionLines(report),
    ...letGoLines(report),
    ...roleLines(report),
    "",
    ...socketLines(report),
    "",
    ...bindingLines(report),
    ...strangerLines(report.findings),
  ].map((line) => printable(line));
}

function headline({ verdict, why }: Report): string {
  return `verdict: ${verdict}${why ? ` - ${why}` : ""}`;
}

function runLine({ kernel, level, from, to, lostBy }: Report): string {
  return `kernel ${kernel.release} (${kernel.variant}), level ${level}, ${elapsed(from, to)}, ${lostText(lostBy)}`;
}

function socketLines({ sockets, selection }: Report): string[] {
  if (sockets.length > 0) return rowsWithDetails(SOCKET_COLUMNS, sockets, socketDetails);
  return [selection?.ofSockets ? "No socket matches the filter." : "No socket received a token."];
}

function bindingLines({ bindings, selection }: Report): string[] {
  if (bindings.length > 0) return rowsWithDetails(BINDING_COLUMNS, bindings, bindingDetails);
  return [selection?.ofBindings ? "No binding matches the filter." : "No dma-buf was bound."];
}

/** The roles of what was let go. */
function roleLines({ letGo }: Report): string[] {
  return letGo ? ["", ...rowsWithDetails(ROLE_COLUMNS, letGo.roles, () => [])] : [];
}

/** A table in which every row is followed by its details. */
function rowsWithDetails<Row>(
  columns: readonly Column<Row>[],
  rows: Row[],
  details: (row: Row) => string[],
): string[] {
  const titles = columns.map(({ title }) => title.toUpperCase());
  const [head = "", ...lines] = table([titles, ...rows.map((row) => cells(columns, row))]);
  return [head, ...lines.flatMap((line, i) => [line, ...indented(details(rows[i] as Row))])];
}

function cells<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map(({ cell }) => {
    const text = cell(row);
    return typeof text === "string" ? text : printable(text.foreign);
  });
}

function indented(lines: string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

function strangerLines(findings: ReportFinding[]): string[] {
  if (findings.length === 0) return [];
  return ["", "On sockets that never received a token:", ...indented(findings.map(findingText))];
}
