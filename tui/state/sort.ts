// sort - Sockets in the order the user chose.

import { oldestOf } from "../../collector/profile/oldest.ts";
import type { Model, Sort } from "./model.ts";
import type { SocketRow } from "./rows.ts";

/** Numbers from the largest, words from the first of the alphabet; equal ones newest first. */
export function sorted(rows: SocketRow[], { sort, reversed }: Model): SocketRow[] {
  const sign = reversed ? -1 : 1;
  const keyed = rows.map((row, i) => ({ row, i, key: KEY[sort](row) }));
  keyed.sort((a, b) => sign * compare(a.key, b.key) || b.i - a.i);
  return keyed.map(({ row }) => row);
}

const KEY: Record<Sort, (row: SocketRow) => number | string> = {
  outstanding: (row) => row.outstanding,
  pinned: (row) => row.pinned,
  "issued/s": (row) => row.issued,
  "returned/s": (row) => row.returned,
  oldest: (row) => -(oldestOf(row.socket) ?? Number.POSITIVE_INFINITY),
  "held at close": (row) => row.socket.heldAtClose,
  verdict: (row) => row.verdict,
  pid: (row) => String(row.socket.pid).padStart(10),
  comm: (row) => row.comm,
  local: (row) => row.local,
  remote: (row) => row.remote,
};

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return b - a;
  return a < b ? -1 : a > b ? 1 : 0;
}
