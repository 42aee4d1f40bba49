// evidence - What of the trace is missing, and what the totals in the kernel's own maps still prove.

import { clock, plural } from "../base/format.ts";
import type { EventWith, LostEvent, ProbeEvent } from "../events/event.ts";
import { LOSSES } from "../events/tracer-events.ts";
import type { Binding, Evidence, Gap, Ledger, Loss, Socket } from "./state.ts";

/** A whole trace, so far. */
export function newEvidence(): Evidence {
  const lost = Object.fromEntries(LOSSES.map((what) => [what, 0])) as Record<Loss, number>;
  const never = { lostAt: -1, skippedAt: -1, silentSince: -1 };
  return { lost, gaps: [], skippedRuns: {}, ticks: [-1, -1], sums: null, ...never };
}

/** All events lost so far, whatever lost them. */
export function lostEvents({ lost }: Pick<Evidence, "lost">): number {
  return LOSSES.reduce((sum, what) => sum + lost[what], 0);
}

/** What lost an event, in the user's words. */
export function lossWords(what: Loss): string {
  return WORDS[what];
}

const WORDS: Record<Loss, string> = {
  bpftrace: "ring buffer full",
  parse: "unreadable lines",
  map: "kernel map full",
  skipped: "probe runs skipped",
  unkept: "left out before the beginning",
};

/** "10 ring buffer full, 2 kernel map full"; empty when nothing was lost. */
export function lossKinds(lost: Record<Loss, number>): string {
  const kinds = LOSSES.filter((what) => lost[what] > 0);
  return kinds.map((what) => `${lost[what]} ${WORDS[what]}`).join(", ");
}

/** "12 events lost (10 ring buffer full, 2 kernel map full)". */
export function lostText(lost: Record<Loss, number>): string {
  const kinds = lossKinds(lost);
  return `${plural(lostEvents({ lost }), "event")} lost${kinds && ` (${kinds})`}`;
}

/** "nothing was traced from 3.200 s to 5.100 s: bpftrace was ended by SIGKILL". */
export function gapText({ from, to, why }: Gap): string {
  const until = to < 0 ? " on" : ` to ${clock(to)} s`;
  return `nothing was traced from ${clock(from)} s${until}: ${why.replace(/\.$/, "")}`;
}

/** "probe runs the kernel skipped: 2 of fexit:tcp_v4_destroy_sock"; empty where none was, or none is known by name. */
export function skippedText(skippedRuns: Record<string, number>): string {
  const named = Object.entries(skippedRuns).filter(([program]) => program !== "");
  const runs = named.map(([program, count]) => `${count} of ${program}`).join(", ");
  return runs && `probe runs the kernel skipped: ${runs}`;
}

/** All that is missing, in words; empty when nothing is. */
export function missing(evidence: Evidence): string {
  const lost = lostEvents(evidence) > 0 ? [lostText(evidence.lost)] : [];
  return [...lost, ...evidence.gaps.slice(0, 3).map(gapText)].join("; ");
}

/** Takes in one event about the evidence itself. */
export function weigh(ledger: Ledger, event: EventWith<"family", "evidence">): void {
  ledger.silentSince = event.kind === "stall" ? event.t - event.silent : -1;
  switch (event.kind) {
    case "lost":
      return lose(ledger, event);
    case "gap":
      ledger.gaps.push({ from: event.from, to: -1, why: event.detail });
      for (const socket of ledger.current.values()) if (socket.closedAt < 0) socket.throughGap = true;
      ledger.lostAt = ledger.now;
      return;
    case "resumed":
      return resume(ledger);
    case "stall":
      return;
    default:
      return event satisfies never;
  }
}

/** Programs that add nothing to a socket's sums: a run of theirs that was skipped is a line that is missing. */
const LINES_ONLY =
  /^f(entry|exit):(tcp_close|tcp_v4_destroy_sock|tcp_recvmsg_locked|net_devmem_\w+|dma_buf_detach|mp_dmabuf_devmem_alloc_netmems)$/;

function lose(ledger: Ledger, event: LostEvent): void {
  ledger.lost[event.what] += event.count;
  // Once the probes are detached nothing happens any more: what goes missing then was older, or tells of the end again.
  ledger.lostAt = ledger.sums?.last ? ledger.sums.t - 1 : ledger.now;
  if (event.what !== "skipped") return;
  const { skippedRuns } = ledger;
  skippedRuns[event.detail] = (skippedRuns[event.detail] ?? 0) + event.count;
  if (LINES_ONLY.test(event.detail)) return;
  ledger.skippedAt = ledger.now;
  const since = ledger.ticks[0];
  for (const socket of ledger.sockets)
    if (socket.closedAt < 0 || socket.closedAt >= since) socket.skipped += event.count;
}

/** The maps are new: their totals say nothing of what was before. */
function resume(ledger: Ledger): void {
  const gap = ledger.gaps.at(-1);
  if (gap && gap.to < 0) gap.to = ledger.now;
  ledger.lostAt = ledger.now;
  ledger.sums = null;
}

/** After a probe's line. */
export function heard(ledger: Ledger, event: ProbeEvent): void {
  ledger.silentSince = -1;
  if (event.kind === "tick") ledger.ticks = [ledger.ticks[1], event.t];
  if (event.kind !== "sums") return;
  ledger.sums = event;
  if (event.last) ledger.lostAt = Math.min(ledger.lostAt, event.t - 1);
}

/** Closes of sockets that held tokens of which no line tells, by the kernel's own count; 0 where that is not known. */
export function untoldLeaks(ledger: Ledger): number {
  if (ledger.lostAt < 0 || !ledger.sums) return 0;
  return Math.max(0, ledger.sums.kept - ledger.sockets.filter(isKept).length);
}

/** Whether the kernel counts its close among those of sockets that held tokens. */
export function isKept(socket: Socket): boolean {
  if (socket.closedAt < 0) return false;
  return socket.xaAtClose ?? (socket.base !== "none" && socket.heldAtClose > 0);
}

/**
 * Whether totals that came after every loss show that it hides no leak: by the xarrays themselves no socket closed while
 * holding tokens, and no unbind is untold. Not so in manual mode, where a return through another socket leaves no total.
 */
export function noLeakHidden(ledger: Ledger): boolean {
  if (ledger.header.kernel.variant !== "xarray" || totals(ledger)?.kept !== 0) return false;
  return areAllFreed(ledger) || noUnbindHidden(ledger);
}

/** Whether every unbind and free was told of in a line, by the kernel's own count. */
export function noUnbindHidden(ledger: Ledger): boolean {
  const sums = totals(ledger);
  const told = (time: "unboundAt" | "freedAt") => ledger.bindings.filter((b) => b[time] >= 0).length;
  return sums !== null && sums.unbound === told("unboundAt") && sums.freed === told("freedAt");
}

/** Whether `binding` was freed although no line tells. */
export function isFreedUntold(ledger: Ledger, { unboundAt }: Binding): boolean {
  return lostEvents(ledger) > 0 && unboundAt >= 0 && areAllFreed(ledger) && (ledger.sums?.t ?? 0) > unboundAt;
}

function areAllFreed(ledger: Ledger): boolean {
  const sums = totals(ledger);
  return sums !== null && sums.unbound === sums.freed;
}

/** The kernel's totals, where they count everything and are newer than every loss. */
function totals({ sums, lostAt, gaps, lost }: Ledger): ProbeEvent<"sums"> | null {
  return sums !== null && sums.t > lostAt && gaps.length + lost.skipped === 0 ? sums : null;
}

/** By the kernel's own totals no socket closed holding any. */
function isSurelyClean(ledger: Ledger, { closedAt, heldAtClose }: Socket): boolean {
  return closedAt >= 0 && heldAtClose === 0 && noLeakHidden(ledger);
}

/**
 * Why it may have closed with more than was counted; empty when the number is sure. A return under way when the probes
 * came makes a socket look as if it had held nothing before: the kernel's number at close tells, where it is not lost.
 */
export function assumed(ledger: Ledger, { base, mode, kernelAtClose }: Socket): string {
  const only = base === "assumed" && mode === "xarray" && kernelAtClose === null && lostEvents(ledger) > 0;
  return only
    ? "that it held nothing before is an assumption, and what the kernel held at its close may be lost"
    : "";
}

/** Why a socket's sums may be short; empty when they are whole. */
export function uncounted(ledger: Ledger, socket: Socket): string {
  if (socket.skipped > 0 || ledger.skippedAt >= socket.born)
    return `${plural(Math.max(1, socket.skipped), "probe run")} skipped by the kernel in its life: its counts may be short`;
  if (socket.base === "none" && !isSurelyClean(ledger, socket))
    return "what it held before the trace is not known: it was not read out of the kernel while it stood still";
  if (!socket.throughGap) return "";
  const gap = ledger.gaps.find(({ to }) => to < 0 || to > socket.born);
  return gap ? `${gapText(gap)}; what it was issued and returned then is not counted` : "";
}
