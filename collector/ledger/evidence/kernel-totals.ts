// kernel-totals - What the totals in the kernel's own maps still prove when lines are missing.

import type { ProbeEvent } from "../../events/event.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Binding, Socket } from "../state/socket-and-binding.ts";
import { isKept } from "./close-evidence.ts";
import { lostEvents } from "./evidence.ts";

/** Closes of sockets that held tokens, without a line, by the kernel's own count; 0 where that is not known. */
export function unseenLeaks(ledger: Ledger): number {
  if (!ledger.sums) return 0;
  return Math.max(0, ledger.sums.kept - ledger.letGo.kept - ledger.sockets.filter(isKept).length);
}

/**
 * Whether totals that came after every loss show that it hides no leak: by the xarrays themselves no socket closed while
 * it held tokens, and no unbind is without a line. Not so in manual mode, where a return through another socket leaves no
 * total.
 */
export function noLeakHidden(ledger: Ledger): boolean {
  if (ledger.header.kernel.variant !== "xarray" || totals(ledger)?.kept !== 0) return false;
  return areAllFreed(ledger) || noUnbindHidden(ledger);
}

/** Whether every unbind and every free has its line, by the kernel's own count. */
export function noUnbindHidden(ledger: Ledger): boolean {
  const sums = totals(ledger);
  const unbound = ledger.bindings.filter((b) => b.unboundAt >= 0);
  const freed = unbound.filter((b) => b.freedAt >= 0).length;
  const { bindings: before } = ledger.letGo;
  return sums !== null && sums.unbound === before + unbound.length && sums.freed === before + freed;
}

/** Whether `binding` was freed although its line is lost. */
export function isFreedUnseen(ledger: Ledger, { unboundAt }: Binding): boolean {
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

/** By the kernel's own totals no socket closed while it held any. */
export function isSurelyClean(ledger: Ledger, { closedAt, heldAtClose }: Socket): boolean {
  return closedAt >= 0 && heldAtClose === 0 && noLeakHidden(ledger);
}

/** Unbinds that were not followed by a free, by the kernel's own count, and have no line; 0 where that is not known. */
export function unseenUnbinds({ sums, bindings }: Ledger): number {
  if (!sums) return 0;
  const seen = bindings.filter(({ unboundAt, freedAt }) => unboundAt >= 0 && freedAt < 0).length;
  return Math.max(0, sums.unbound - sums.freed - seen);
}
