// columns - The columns of the report's tables as text and Markdown show them.

import { bytes } from "../base/format.ts";
import type { ReportBinding, ReportSocket } from "./shape.ts";

/** Text of a cell; `foreign` is text from the traced host, which each face escapes in its own way. */
export type Cell = string | { foreign: string };

export interface Column<Row> {
  title: string;
  cell(row: Row): Cell;
}

function column<Row>(title: string, cell: Column<Row>["cell"]): Column<Row> {
  return { title, cell };
}

export const SOCKET_COLUMNS: readonly Column<ReportSocket>[] = [
  column("verdict", (s) => s.verdict),
  column("pid", (s) => String(s.pid)),
  column("comm", (s) => ({ foreign: s.comm })),
  column("local", (s) => ({ foreign: s.local })),
  column("remote", (s) => ({ foreign: s.remote })),
  column("dma-buf", (s) => s.dmabufIds.join(",")),
  column("issued", (s) => countText(s.issued)),
  column("returned", (s) => countText(s.returned)),
  column("at close", (s) => (s.closedAt === null ? "-" : String(s.heldAtClose))),
  column("now", (s) => String(s.outstanding)),
];

export const BINDING_COLUMNS: readonly Column<ReportBinding>[] = [
  column("verdict", (b) => b.verdict),
  column("dma-buf", (b) => String(b.id)),
  column("device", (b) => (b.ifname === "" ? "-" : { foreign: b.ifname })),
  column("queues", (b) => b.queues.join(",") || "-"),
  column("pages", (b) => `${b.pages} x ${bytes(b.pageSize)}`),
  column("pid", (b) => (b.boundAt === null ? "-" : String(b.pid))),
  column("comm", (b) => (b.boundAt === null ? "bound before the trace" : { foreign: b.comm })),
  column("at unbind", (b) => (b.unboundAt === null ? "-" : String(b.heldAtUnbind))),
  column("now", (b) => String(b.outstanding)),
];

/** A count of tokens; "-" at a level that does not count. */
export function countText(count: number | null): string {
  return count === null ? "-" : String(count);
}
