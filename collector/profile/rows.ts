// rows - The metrics of a profile as rows of a table.

import { bytes, duration, percent, threeDigits } from "../base/format.ts";
import type { Metrics } from "./metrics.ts";

/** One metric: its name, its value as a number (null: not measured), and the number as a person reads it. */
export interface Row {
  name: string;
  value(metrics: Metrics): number | null;
  text(value: number): string;
}

function row(name: string, text: Row["text"], value: Row["value"]): Row {
  return { name, value, text };
}

/** In the order shown. */
export const ROWS: readonly Row[] = [
  row("tokens/s", threeDigits, (m) => m.tokensPerSecond),
  row("payload/s", bytes, (m) => m.bytesPerSecond),
  row("pinned bytes without payload", percent, (m) => m.waste),
  row("payload in linear memory", bytes, (m) => m.linearBytes),
  row("tokens per recvmsg", threeDigits, (m) => m.issues?.mean ?? null),
  row("tokens per return call", threeDigits, (m) => m.returns?.mean ?? null),
  row("recvmsg and returns per MB", threeDigits, (m) => m.callsPerMegabyte),
  row("held, p50", duration, (m) => m.holds?.p50 ?? null),
  row("held, p90", duration, (m) => m.holds?.p90 ?? null),
  row("held, p99", duration, (m) => m.holds?.p99 ?? null),
  row("held, longest", duration, (m) => m.holds?.max ?? null),
  row("outstanding on average", threeDigits, (m) => m.meanOutstanding),
  row("returned out of order", percent, (m) => m.overtaken),
  row("in tcp_recvmsg_dmabuf, per call", duration, (m) => m.receivePerCall),
  row("in tcp_recvmsg_dmabuf, per token", duration, (m) => m.receivePerToken),
  row("in sock_devmem_dontneed, per call", duration, (m) => m.returnPerCall),
  row("in sock_devmem_dontneed, per token", duration, (m) => m.returnPerToken),
  row("waits for the xarray's lock", threeDigits, (m) => (m.receivePerCall === null ? null : m.waits)),
];

/** A metric as text; "-" where it was not measured. */
export function cell({ value, text }: Row, metrics: Metrics): string {
  const number = value(metrics);
  return number === null ? "-" : text(number);
}
