// markdown - The report to be pasted in a bug: the verdict, two tables, and what is to be said of each row.

import { bytes, printable } from "../base/format.ts";
import { lostText } from "../ledger/evidence/missing.ts";
import { markdown as code } from "./escape.ts";
import type { Report, ReportBinding, ReportSocket } from "./report.ts";
import {
  bindingDetails,
  countText,
  details,
  elapsed,
  findingText,
  missingLines,
  reconciledText,
  selectionText,
} from "./text.ts";

/** The whole report, one line per array entry. */
export function reportMarkdown(report: Report): string[] {
  const { kernel, level, lostBy, verdict, why } = report;
  const seen = `Kernel ${code(kernel.release)} (${kernel.variant}), bpftrace ${code(report.bpftrace)}, level ${level}, ${elapsed(report.from, report.to)}, ${lostText(lostBy)}.`;
  return [
    `**devmem-trace: ${verdict}**${why ? ` - ${prose(why)}` : ""}`,
    "",
    seen,
    ...missingLines(report).map((text) => `${prose(text)}.`),
    ...reconciledText(report).flatMap((text) => ["", `${prose(text)}.`]),
    ...(report.selection ? ["", `${prose(selectionText(report.selection, report.from))}.`] : []),
    "",
    ...socketTable(report.sockets),
    ...notes(report.sockets, socketName, details),
    "",
    ...bindingTable(report.bindings),
    ...notes(report.bindings, bindingName, bindingDetails),
    ...strangers(report),
  ];
}

function socketTable(sockets: ReportSocket[]): string[] {
  if (sockets.length === 0) return ["No socket is shown."];
  return table(
    ["verdict", "pid", "comm", "local", "remote", "dma-buf", "issued", "returned", "at close", "now"],
    sockets.map((s) => [
      ...[s.verdict, String(s.pid), code(s.comm), code(s.local), code(s.remote), s.dmabufIds.join(", ")],
      ...[countText(s.issued), countText(s.returned)],
      ...[s.closedAt === null ? "-" : s.heldAtClose, s.outstanding].map(String),
    ]),
  );
}

function bindingTable(bindings: ReportBinding[]): string[] {
  if (bindings.length === 0) return ["No binding is shown."];
  return table(
    ["verdict", "dma-buf", "device", "queues", "pages", "pid", "comm", "at unbind", "now"],
    bindings.map((b) => [
      ...[b.verdict, String(b.id), code(b.ifname), b.queues.join(", "), `${b.pages} x ${bytes(b.pageSize)}`],
      ...(b.boundAt === null ? ["-", "bound before the trace"] : [String(b.pid), code(b.comm)]),
      ...[b.unboundAt === null ? "-" : String(b.heldAtUnbind), String(b.outstanding)],
    ]),
  );
}

function table(titles: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)];
}

function notes<T>(rows: T[], name: (row: T) => string, text: (row: T) => string[]): string[] {
  const said = rows.flatMap((row) =>
    text(row).map((detail, i) => (i === 0 ? `- ${name(row)}: ${prose(detail)}` : `  - ${prose(detail)}`)),
  );
  return said.length > 0 ? ["", ...said] : [];
}

const socketName = (s: ReportSocket) => code(`${s.local} <- ${s.remote}`);
const bindingName = (b: ReportBinding) => `dma-buf ${b.id}`;

function strangers({ findings }: Report): string[] {
  if (findings.length === 0) return [];
  return ["", "On sockets that never had a token:", "", ...findings.map((f) => `- ${prose(findingText(f))}`)];
}

/** Our own sentences, which may hold a name from the traced side: one that could mention or link becomes code. */
function prose(text: string): string {
  if (/@|:\/\/|www\./i.test(text)) return code(text.trim());
  return printable(text.trim()).replace(/[^A-Za-z0-9 .,:;()+%/'-]/g, (sign) => `&#${sign.codePointAt(0)};`);
}
