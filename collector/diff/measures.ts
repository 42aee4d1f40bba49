// measures - What is compared of a role and of a device: one table each, every line with what makes it better.

import { mean, quantile } from "../base/histogram.ts";
import { BOOKKEEPING, classOf } from "../ledger/profile/cpu-samples.ts";
import type { Metrics } from "../profile/metrics.ts";
import { exhaustionsOf } from "../report/details.ts";
import type { ReportBinding, ReportSocket } from "../report/shape.ts";
import type { Group } from "./side.ts";

export type Unit = "" | "tokens" | "bytes" | "ns" | "share" | "per second" | "bytes per second";

/** Which way is better; null: neither, it depends on what the program was asked to do. */
export type Better = "less" | "more" | null;

export interface Measure<T> {
  /** As `diff --json` has it: stable. */
  name: string;
  /** As the text has it. */
  label: string;
  unit: Unit;
  better: Better;
  /** null: the recording does not have it. */
  value(of: T): number | null;
}

function measure<T>(
  name: string,
  unit: Unit,
  better: Better,
  value: Measure<T>["value"],
  label = name,
): Measure<T> {
  return { name, label, unit, better, value };
}

/** A measure that a profile has. */
function metric(
  name: string,
  unit: Unit,
  better: Better,
  of: (metrics: Metrics) => number | null,
): Measure<Group> {
  return measure(name, unit, better, ({ metrics }) => of(metrics));
}

/** A measure that adds up findings of one kind. */
function finding(name: string, unit: Unit, kind: string, what: "times" | "amount"): Measure<Group> {
  return measure(name, unit, "less", ({ sockets }) =>
    sum(sockets.flatMap((s) => s.findings.filter((f) => f.kind === kind).map((f) => f[what]))),
  );
}

/** The share of its tokens that a role kept: it decides whether a leak got worse. */
export const KEPT_SHARE: Measure<Group> = measure("never returned, of issued", "share", "less", keptShare);

export const OF_ROLE: Measure<Group>[] = [
  measure("sockets", "", null, ({ sockets }) => sockets.length),
  measure("closed holding tokens", "", "less", ({ sockets }) => sockets.filter(closedHolding).length),
  measure("never returned", "tokens", "less", kept),
  KEPT_SHARE,
  measure("outstanding at the end", "tokens", "less", ({ sockets }) =>
    sum(sockets.map((s) => s.outstanding)),
  ),
  measure(
    "outstanding at most, one socket",
    "tokens",
    "less",
    ({ peak }) => peak,
    "most outstanding, one socket",
  ),
  measure("issued", "per second", null, (group) => rate(group, issuedTo(group))),
  measure("payload", "bytes per second", null, (group) => rate(group, payloadOf(group))),
  measure("held, median up to", "ns", "less", ({ profile }) => quantile(profile.holds, 0.5)?.high ?? null),
  measure("held, 99 % up to", "ns", "less", ({ profile }) => quantile(profile.holds, 0.99)?.high ?? null),
  measure("tokens a range of a return names", "", "more", rangeSize, "tokens per range of a return"),
  metric("outstanding on average", "tokens", "less", ({ meanOutstanding }) => meanOutstanding),
  metric("returned out of order", "share", null, ({ overtaken }) => overtaken),
  metric("tokens per recvmsg", "tokens", "more", ({ issues }) => issues?.mean ?? null),
  metric("tokens per return call", "tokens", "more", ({ returns }) => returns?.mean ?? null),
  metric("recvmsg and returns per MB", "", "less", ({ callsPerMegabyte }) => callsPerMegabyte),
  metric("in recvmsg, per token", "ns", "less", ({ receivePerToken }) => receivePerToken),
  metric("in the return call, per token", "ns", "less", ({ returnPerToken }) => returnPerToken),
  measure("CPU in token bookkeeping", "share", "less", bookkeepingShare),
  metric("waits for the xarray's lock", "", "less", lockWaits),
  finding("returns refused", "", "return refused", "times"),
  finding("short returns, tokens not freed", "tokens", "short return", "amount"),
  finding("stopped at 1024 frags", "", "stopped at 1024 frags", "times"),
  finding("recvmsg errors", "", "recvmsg error", "times"),
  finding("issued by MSG_PEEK", "tokens", "issued by MSG_PEEK", "amount"),
  measure("payload in linear memory", "bytes", "less", ({ sockets }) =>
    sum(sockets.map((s) => s.linearBytes)),
  ),
];

export const OF_DEVICE: Measure<ReportBinding[]>[] = [
  measure("dma-bufs bound", "", null, (bindings) => bindings.length),
  measure("unbound and not freed", "", "less", (bindings) => bindings.filter(isStuck).length),
  measure("held at unbind", "tokens", "less", (bindings) => sum(bindings.map((b) => b.heldAtUnbind))),
  measure(
    "ran dry, episodes",
    "",
    "less",
    (bindings) => sum(bindings.map((b) => exhaustionsOf(b).episodes)),
    "exhausted, episodes",
  ),
  measure("page allocations failed", "", "less", (bindings) =>
    sum(bindings.map((b) => exhaustionsOf(b).failed)),
  ),
];

const LABELS = new Map([...OF_ROLE, ...OF_DEVICE].map(({ name, label }) => [name, label]));

/** The text for a measure's name. */
export function labelOf(name: string): string {
  return LABELS.get(name) ?? name;
}

/** A dma-buf that cannot be freed. */
export function isStuck({ verdict }: ReportBinding): boolean {
  return verdict === "unbound pinned" || verdict === "stuck";
}

function closedHolding({ heldAtClose }: ReportSocket): boolean {
  return heldAtClose > 0;
}

/** Tokens that the program did not return and never will: reclaimed, swept, or held by a closed socket. */
function kept({ sockets }: Group): number {
  return sum(sockets.map((s) => s.reclaimed + s.swept + (s.closedAt === null ? 0 : s.outstanding)));
}

/** The same as a share of the tokens issued, so that runs of any length compare. null: nobody counted. */
function keptShare(group: Group): number | null {
  const issued = issuedTo(group);
  if (issued === null) return null;
  return issued === 0 ? 0 : kept(group) / issued;
}

/** Tokens issued; null at level sampled, which does not count them. */
function issuedTo({ sockets }: Group): number | null {
  return sockets.some((s) => s.issued === null) ? null : sum(sockets.map((s) => s.issued ?? 0));
}

function payloadOf({ sockets }: Group): number | null {
  const all = sockets.map((s) => s.payloadBytes);
  return all.includes(null) ? null : sum(all.map((bytes) => bytes ?? 0));
}

function rangeSize({ profile }: Group): number | null {
  return profile.ranges.total === 0 ? null : mean(profile.ranges);
}

/** Of the CPU samples of its processes, those in token bookkeeping; null: nobody sampled. */
function bookkeepingShare({ samples }: Group): number | null {
  const all = sum(samples.map(({ times }) => times));
  const inBookkeeping = samples.filter(({ stack }) => BOOKKEEPING.includes(classOf(stack)));
  return all === 0 ? null : sum(inBookkeeping.map(({ times }) => times)) / all;
}

function lockWaits({ receivePerCall, waits }: Metrics): number | null {
  return receivePerCall === null ? null : waits;
}

function rate({ active }: Group, amount: number | null): number | null {
  return amount !== null && active > 0 ? (amount / active) * 1e9 : null;
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
