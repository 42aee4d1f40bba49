// missing - What of the trace is missing, in words.

import { clock, plural } from "../../base/format.ts";
import { LOSSES } from "../../events/tracer-events.ts";
import type { Evidence, Gap, Loss } from "../state/evidence.ts";
import { lostEvents } from "./evidence.ts";

const WORDS: Record<Loss, string> = {
  bpftrace: "ring buffer full",
  parse: "unreadable lines",
  map: "kernel map full",
  skipped: "probe runs skipped",
  unkept: "not restorable at the beginning",
};

/** What lost an event, in the user's words. */
export function lossWords(what: Loss): string {
  return WORDS[what];
}

/** "ring buffer full: 10, kernel map full: 2"; empty when nothing was lost. */
export function lossKinds(lost: Record<Loss, number>): string {
  const kinds = LOSSES.filter((what) => lost[what] > 0);
  return kinds.map((what) => `${WORDS[what]}: ${lost[what]}`).join(", ");
}

/** "12 events lost (ring buffer full: 10, kernel map full: 2)". */
export function lostText(lost: Record<Loss, number>): string {
  const kinds = lossKinds(lost);
  return `${plural(lostEvents({ lost }), "event")} lost${kinds && ` (${kinds})`}`;
}

/** "nothing was traced from 3.200 s to 5.100 s: bpftrace was ended by SIGKILL". */
export function gapText({ from, to, why }: Gap): string {
  const until = to < 0 ? " onwards" : ` to ${clock(to)} s`;
  return `nothing was traced from ${clock(from)} s${until}: ${why.replace(/\.$/, "")}`;
}

/** "probe runs skipped by the kernel: 2 of fexit:tcp_v4_destroy_sock"; empty where none was, or none has a name. */
export function skippedText(skippedRuns: Record<string, number>): string {
  const named = Object.entries(skippedRuns).filter(([program]) => program !== "");
  const runs = named.map(([program, count]) => `${count} of ${program}`).join(", ");
  return runs && `probe runs skipped by the kernel: ${runs}`;
}

/** All that is missing, in words; empty when nothing is. */
export function missing(evidence: Evidence): string {
  const lost = lostEvents(evidence) > 0 ? [lostText(evidence.lost)] : [];
  return [...lost, ...evidence.gaps.slice(0, 3).map(gapText)].join("; ");
}
