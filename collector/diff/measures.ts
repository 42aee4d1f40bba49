// measures - What is compared of a role and of a device: one table each, every line with what makes it better.

import { mean, quantile } from "../base/histogram.ts";
import { BOOKKEEPING, classOf } from "../ledger/profile/cpu-samples.ts";
import type { Figures } from "../profile/metrics.ts";
import type { ReportBinding } from "../report/report.ts";
import type { Group } from "./side.ts";

export type Unit = "" | "tokens" | "bytes" | "ns" | "share" | "per second" | "bytes per second";

export interface Measure<T> {
  name: string;
  unit: Unit;
  /** Which way is better; null: a matter of what was asked of the program. */
  better: "less" | "more" | null;
  /** null: the recording does not tell. */
  value(of: T): number | null;
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

/** Tokens the program did not give back and will not: reclaimed, swept, or held by a socket that is closed. */
function kept({ sockets }: Group): number {
  return sum(sockets.map((s) => s.reclaimed + s.swept + (s.closedAt === null ? 0 : s.outstanding)));
}

/** Tokens issued; null at level sampled, which does not count them. */
function issuedTo({ sockets }: Group): number | null {
  return sockets.some((s) => s.issued === null) ? null : sum(sockets.map((s) => s.issued ?? 0));
}

/** Of the samples of its processes, those in token bookkeeping; null: nobody sampled. */
function bookkeepingShare({ samples }: Group): number | null {
  const all = sum(samples.map(({ times }) => times));
  const kept = samples.filter(({ stack }) => BOOKKEEPING.includes(classOf(stack)));
  return all === 0 ? null : sum(kept.map(({ times }) => times)) / all;
}

/** The same as a share of the tokens issued: runs of any length compare. null: nobody counted. */
export function keptShare(group: Group): number | null {
  const issued = issuedTo(group);
  if (issued === null) return null;
  return issued === 0 ? 0 : kept(group) / issued;
}

export const OF_ROLE: Measure<Group>[] = [
  { name: "sockets", unit: "", better: null, value: ({ sockets }) => sockets.length },
  {
    ...{ name: "closed holding tokens", unit: "", better: "less" },
    value: ({ sockets }) => sockets.filter((s) => s.heldAtClose > 0).length,
  },
  { name: "never returned", unit: "tokens", better: "less", value: kept },
  { name: "never returned, of issued", unit: "share", better: "less", value: keptShare },
  {
    ...{ name: "outstanding at the end", unit: "tokens", better: "less" },
    value: ({ sockets }) => sum(sockets.map((s) => s.outstanding)),
  },
  { name: "outstanding at most, one socket", unit: "tokens", better: "less", value: ({ peak }) => peak },
  {
    ...{ name: "issued", unit: "per second", better: null },
    value: (group) => {
      const issued = issuedTo(group);
      return issued === null ? null : rate(group, issued);
    },
  },
  {
    ...{ name: "payload", unit: "bytes per second", better: null },
    value: (group) =>
      group.sockets.every((s) => s.payloadBytes !== null)
        ? rate(group, sum(group.sockets.map((s) => s.payloadBytes ?? 0)))
        : null,
  },
  {
    name: "held, median up to",
    unit: "ns",
    better: "less",
    value: ({ profile }) => quantile(profile.holds, 0.5)?.high ?? null,
  },
  {
    name: "held, 99 % up to",
    unit: "ns",
    better: "less",
    value: ({ profile }) => quantile(profile.holds, 0.99)?.high ?? null,
  },
  {
    ...{ name: "tokens a range of a return names", unit: "", better: "more" },
    value: ({ profile }) => (profile.ranges.total === 0 ? null : mean(profile.ranges)),
  },
  figure("outstanding on average", "tokens", "less", ({ meanOutstanding }) => meanOutstanding),
  figure("returned out of order", "share", null, ({ overtaken }) => overtaken),
  figure("tokens per recvmsg", "tokens", "more", ({ issues }) => issues?.mean ?? null),
  figure("tokens per return call", "tokens", "more", ({ returns }) => returns?.mean ?? null),
  figure("recvmsg and returns per MB", "", "less", ({ callsPerMegabyte }) => callsPerMegabyte),
  figure("in recvmsg, per token", "ns", "less", ({ receivePerToken }) => receivePerToken),
  figure("in the return call, per token", "ns", "less", ({ returnPerToken }) => returnPerToken),
  { name: "CPU in token bookkeeping", unit: "share", better: "less", value: bookkeepingShare },
  figure("waits for the xarray's lock", "", "less", ({ receivePerCall, waits }) =>
    receivePerCall === null ? null : waits,
  ),
  found("returns refused", "", "return refused", "times"),
  found("short returns, tokens not freed", "tokens", "short return", "amount"),
  found("stopped at 1024 frags", "", "stopped at 1024 frags", "times"),
  found("recvmsg errors", "", "recvmsg error", "times"),
  found("issued by MSG_PEEK", "tokens", "issued by MSG_PEEK", "amount"),
  {
    ...{ name: "payload in linear memory", unit: "bytes", better: "less" },
    value: ({ sockets }) => sum(sockets.map((s) => s.linearBytes)),
  },
];

export const OF_DEVICE: Measure<ReportBinding[]>[] = [
  { name: "dma-bufs bound", unit: "", better: null, value: (bindings) => bindings.length },
  {
    ...{ name: "unbound and not freed", unit: "", better: "less" },
    value: (bindings) => bindings.filter(isStuck).length,
  },
  {
    ...{ name: "held at unbind", unit: "tokens", better: "less" },
    value: (bindings) => sum(bindings.map((b) => b.heldAtUnbind)),
  },
  {
    ...{ name: "ran dry, episodes", unit: "", better: "less" },
    value: (bindings) => sum(bindings.map((b) => b.dry.length)),
  },
  {
    ...{ name: "page allocations failed", unit: "", better: "less" },
    value: (bindings) => sum(bindings.flatMap((b) => b.dry.map((d) => d.failed))),
  },
];

/** A dma-buf that cannot be freed. */
export function isStuck({ verdict }: ReportBinding): boolean {
  return verdict === "unbound pinned" || verdict === "stuck";
}

function rate({ active }: Group, amount: number): number | null {
  return active > 0 ? (amount / active) * 1e9 : null;
}

function figure(
  name: string,
  unit: Unit,
  better: Measure<Group>["better"],
  of: (figures: Figures) => number | null,
): Measure<Group> {
  return { name, unit, better, value: ({ figures }) => of(figures) };
}

function found(name: string, unit: Unit, kind: string, what: "times" | "amount"): Measure<Group> {
  const value = ({ sockets }: Group) =>
    sum(sockets.flatMap((s) => s.findings.filter((f) => f.kind === kind).map((f) => f[what])));
  return { name, unit, better: "less", value };
}
