// rows - The figures of a profile as rows of a table, one table for text, screen and diff.

import { bytes, duration } from "../base/format.ts";
import type { Figures, Spread } from "./metrics.ts";

/** One figure: its name, its value as a number (null: not measured), and the number as a person reads it. */
export interface Row {
  name: string;
  value(figures: Figures): number | null;
  text(value: number): string;
}

const row = (name: string, text: (value: number) => string, value: Row["value"]): Row => ({
  name,
  value,
  text,
});
const of = (spread: Spread | null, name: keyof Spread) => spread?.[name] ?? null;

/** In the order shown. */
export const ROWS: readonly Row[] = [
  row("tokens/s", short, (f) => f.tokensPerSecond),
  row("payload/s", bytes, (f) => f.bytesPerSecond),
  row("pinned bytes without payload", percent, (f) => f.waste),
  row("payload in linear memory", bytes, (f) => f.linearBytes),
  row("tokens per recvmsg", short, (f) => of(f.issues, "mean")),
  row("tokens per return call", short, (f) => of(f.returns, "mean")),
  row("recvmsg and returns per MB", short, (f) => f.callsPerMegabyte),
  row("held, p50", duration, (f) => of(f.holds, "p50")),
  row("held, p90", duration, (f) => of(f.holds, "p90")),
  row("held, p99", duration, (f) => of(f.holds, "p99")),
  row("held, longest", duration, (f) => of(f.holds, "max")),
  row("outstanding on average", short, (f) => f.meanOutstanding),
  row("returned out of order", percent, (f) => f.overtaken),
  row("in tcp_recvmsg_dmabuf, per call", duration, (f) => f.receivePerCall),
  row("in tcp_recvmsg_dmabuf, per token", duration, (f) => f.receivePerToken),
  row("in sock_devmem_dontneed, per call", duration, (f) => f.returnPerCall),
  row("in sock_devmem_dontneed, per token", duration, (f) => f.returnPerToken),
  row("waits for the xarray's lock", short, (f) => (f.receivePerCall === null ? null : f.waits)),
];

/** A figure as text; "-" where it was not measured. */
export function cell({ value, text }: Row, figures: Figures): string {
  const found = value(figures);
  return found === null ? "-" : text(found);
}

/** A number to three digits. */
export function short(n: number): string {
  return n >= 1000 ? String(Math.round(n)) : String(Number(n.toPrecision(3)));
}

/** 0.123 → "12.3 %". */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
