// evidence - What of the trace is missing: lost events, stretches without a trace, skipped probe runs, a silent bpftrace.

import type { ProbeEvent, TracerEvent } from "../../events/event.ts";
import { LOSSES } from "../../events/tracer-events.ts";
import type { Evidence, Gap, Loss } from "../state/evidence.ts";
import type { Ledger } from "../state/ledger.ts";

/** A whole trace, so far. */
export function newEvidence(): Evidence {
  return {
    lost: Object.fromEntries(LOSSES.map((what) => [what, 0])) as Record<Loss, number>,
    lostAt: -1,
    gaps: [],
    skippedAt: -1,
    closeSkippedAt: -1,
    destroySkippedAt: -1,
    skippedRuns: {},
    ticks: [-1, -1],
    sums: null,
    silentSince: -1,
    strangers: { tokens: 0, lastAt: -1 },
    walkBeforeUnbind: null,
  };
}

/** All events lost so far, whatever lost them. */
export function lostEvents({ lost }: Pick<Evidence, "lost">): number {
  return LOSSES.reduce((sum, what) => sum + lost[what], 0);
}

/** Programs that add nothing to a socket's sums: a run of theirs that was skipped is a line that is missing. */
const LINES_ONLY =
  /^f(entry|exit):(tcp_close|tcp_v4_destroy_sock|tcp_recvmsg_locked|net_devmem_\w+|dma_buf_detach|mp_dmabuf_devmem_alloc_netmems)$/;

/** Without these a socket that is gone looks open, as the probes' maps still have it. */
const CLOSE = /:tcp_close$/;
const DESTROY = /:tcp_v4_destroy_sock$/;

/** Events are known to be missing. */
export function onLost(ledger: Ledger, event: TracerEvent<"lost">): void {
  ledger.silentSince = -1;
  ledger.lost[event.what] += event.count;
  // Once the probes are detached nothing happens any more: what goes missing then is older, or about the end again.
  ledger.lostAt = ledger.sums?.last ? ledger.sums.t - 1 : ledger.now;
  if (event.what === "skipped") skip(ledger, event);
}

/** More programs than any level has. */
const MOST_PROGRAMS = 256;

function skip(ledger: Ledger, { detail, count }: TracerEvent<"lost">): void {
  const { skippedRuns } = ledger;
  const name = detail in skippedRuns || Object.keys(skippedRuns).length < MOST_PROGRAMS ? detail : "others";
  skippedRuns[name] = (skippedRuns[name] ?? 0) + count;
  if (CLOSE.test(detail)) ledger.closeSkippedAt = ledger.now;
  if (DESTROY.test(detail)) ledger.destroySkippedAt = ledger.now;
  if (LINES_ONLY.test(detail)) return;
  ledger.skippedAt = ledger.now;
  const since = ledger.ticks[0];
  for (const { closedAt, coverage } of ledger.sockets)
    if (closedAt < 0 || closedAt >= since) coverage.skipped += count;
}

/** bpftrace ended by itself. */
export function onGap(ledger: Ledger, event: TracerEvent<"gap">): void {
  ledger.silentSince = -1;
  ledger.gaps.push({ from: event.from, to: -1, why: event.detail });
  if (ledger.gaps.length > MOST_GAPS) joinGaps(ledger.gaps);
  for (const { closedAt, coverage } of ledger.current.values()) if (closedAt < 0) coverage.throughGap = true;
  // Pages may have come back meanwhile, and been handed out again.
  for (const { held } of ledger.bindings) held.clear();
  ledger.lostAt = ledger.now;
}

/** Stretches without a trace that are listed. */
const MOST_GAPS = 256;
const MORE = "; and further such stretches";

/** Two in the middle become one: it claims that less was seen than was, never more. */
function joinGaps(gaps: Gap[]): void {
  const [first, second] = gaps.splice(MOST_GAPS / 2, 2) as [Gap, Gap];
  const why = first.why.endsWith(MORE) ? first.why : `${first.why.replace(/\.$/, "")}${MORE}`;
  gaps.splice(MOST_GAPS / 2, 0, { from: first.from, to: second.to, why });
}

/** The probes are attached again. Their maps are new, and their totals have nothing of before. */
export function onResumed(ledger: Ledger): void {
  ledger.silentSince = -1;
  const gap = ledger.gaps.at(-1);
  if (gap && gap.to < 0) gap.to = ledger.now;
  ledger.lostAt = ledger.now;
  ledger.sums = null;
}

/** bpftrace runs, but prints nothing. */
export function onStall(ledger: Ledger, { t, silent }: TracerEvent<"stall">): void {
  ledger.silentSince = t - silent;
}

/** The totals of the kernel's own maps. */
export function onSums(ledger: Ledger, event: ProbeEvent<"sums">): void {
  ledger.sums = event;
  if (event.last) ledger.lostAt = Math.min(ledger.lostAt, event.t - 1);
}
