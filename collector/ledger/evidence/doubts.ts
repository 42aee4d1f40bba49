// doubts - Why the numbers of one socket may be wrong, each reason in a sentence.

import { plural } from "../../base/format.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { lostEvents } from "./evidence.ts";
import { isSurelyClean } from "./kernel-totals.ts";
import { gapText } from "./missing.ts";

/** The first ones show when it began. */
const MAX_DOUBTS = 4;

/** Adds a sentence to the doubts of a socket or a binding, each once. */
export function doubt({ doubts }: { doubts: string[] }, sentence: string): void {
  if (doubts.length < MAX_DOUBTS && !doubts.includes(sentence)) doubts.push(sentence);
}

/**
 * Why it may have closed with more than was counted; empty when the number is sure. A return under way when the probes
 * came makes a socket look as if it had held nothing before: the kernel's number at close shows it, where it is not lost.
 */
export function assumed(ledger: Ledger, { sums, mode, kernel }: Socket): string {
  const only =
    sums.base === "assumed" && mode === "xarray" && kernel.heldAtClose === null && lostEvents(ledger) > 0;
  return only
    ? "it is assumed to have held nothing before the trace, and the kernel's number at its close may be lost"
    : "";
}

/** Why a socket's sums may be too low; empty when they are complete. */
export function uncounted(ledger: Ledger, socket: Socket): string {
  const { coverage, born, sums } = socket;
  if (coverage.skipped > 0 || ledger.skippedAt >= born)
    return `${plural(Math.max(1, coverage.skipped), "probe run")} skipped by the kernel during its lifetime: its counts may be too low`;
  if (sums.base === "none" && !isSurelyClean(ledger, socket))
    return "what it held before the trace is unknown: no reading caught it at rest";
  if (!coverage.throughGap) return "";
  const gap = ledger.gaps.find(({ to }) => to < 0 || to > born);
  return gap ? `${gapText(gap)}; tokens issued and returned then are not counted` : "";
}
