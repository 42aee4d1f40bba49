// run-verdict - The run: any leak wins, else anything missing that could hide one makes it inconclusive.

import { plural } from "../base/format.ts";
import { lostEvents } from "../ledger/evidence/evidence.ts";
import { noLeakHidden, unseenLeaks, unseenUnbinds } from "../ledger/evidence/kernel-totals.ts";
import { gapText, lostText } from "../ledger/evidence/missing.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import { bindingVerdict, isPinned } from "./binding-verdict.ts";
import { letGoLeaks } from "./bounded-ledger.ts";
import { isLeak, numbersInDoubt, socketVerdict } from "./socket-verdict.ts";
import type { BindingVerdict, RunVerdict, SocketVerdict, Verdict } from "./words.ts";

/** `sockets`, `bindings`: the verdicts on each of them, where the caller has them already. */
export function runVerdict(
  ledger: Ledger,
  sockets: Verdict<SocketVerdict>[] = ledger.sockets.map((s) => socketVerdict(ledger, s)),
  bindings: Verdict<BindingVerdict>[] = ledger.bindings.map((b) => bindingVerdict(ledger, b)),
): Verdict<RunVerdict> {
  const before = letGoLeaks(ledger);
  const leaks = leakReason(
    before.leaks +
      ledger.sockets.filter((s, i) => isLeak(ledger, s, sockets[i] as Verdict<SocketVerdict>)).length,
    bindings.filter(isPinned).length,
    unseenLeaks(ledger),
  );
  if (leaks) return { verdict: "leak", why: leaks };
  const unsure =
    ledger.ended ||
    missedText(ledger) ||
    unseenText(ledger) ||
    before.doubt ||
    doubtOf(ledger, sockets, bindings);
  if (unsure) return { verdict: "inconclusive", why: unsure };
  return {
    verdict: "clean",
    why: lostEvents(ledger) > 0 ? `${lostText(ledger.lost)}, but ${NONE_KEPT}` : "",
  };
}

const NONE_KEPT = "by the kernel's own count no socket closed while holding tokens";

function leakReason(sockets: number, bindings: number, unseen: number): string {
  const parts = [];
  if (sockets > 0) parts.push(`${plural(sockets, "socket")} closed while still holding tokens`);
  if (unseen > 0)
    parts.push(
      `${plural(unseen, "close")} with tokens held, by the kernel's own count, missing from the trace`,
    );
  if (bindings > 0) parts.push(`${plural(bindings, "binding")} unbound and not freed`);
  return parts.join(", ");
}

/** Who held a dma-buf whose unbind has no line is not known. */
function unseenText(ledger: Ledger): string {
  const unseen = unseenUnbinds(ledger);
  if (unseen === 0) return "";
  return `the kernel counts ${plural(unseen, "dma-buf")} unbound and not freed without a line`;
}

/** What is missing that could hide a leak. */
function missedText(ledger: Ledger): string {
  const gap = ledger.gaps[0];
  if (gap) return gapText(gap);
  return lostEvents(ledger) > 0 && !noLeakHidden(ledger) ? lostText(ledger.lost) : "";
}

/** Why the first inconclusive socket or binding is so; empty when none is. */
function doubtOf(
  ledger: Ledger,
  sockets: Verdict<SocketVerdict>[],
  bindings: Verdict<BindingVerdict>[],
): string {
  const ends = noLeakHidden(ledger) ? ledger.sockets.map((s) => numbers(ledger, s)) : sockets;
  return [...ends, ...bindings].find(({ verdict }) => verdict === "inconclusive")?.why ?? "";
}

/** A socket whose close may be among the lost lines did not leak, if none did: then only its numbers matter. */
function numbers(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const why = numbersInDoubt(ledger, socket);
  return { verdict: why ? "inconclusive" : "clean", why };
}
