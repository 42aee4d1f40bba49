// socket-verdict - What became of one socket's tokens, as firmly as the evidence allows.

import { plural } from "../base/format.ts";
import type { Mode } from "../events/event.ts";
import { hadTokensAtClose } from "../ledger/evidence/close-evidence.ts";
import { uncounted } from "../ledger/evidence/doubts.ts";
import { missing } from "../ledger/evidence/missing.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import { manualDoubt, manualVerdict } from "./manual-verdict.ts";
import type { SocketVerdict, Verdict } from "./words.ts";
import { heldText, xarrayVerdict } from "./xarray-verdict.ts";

/** What depends on how the kernel keeps a socket's tokens. */
interface Judge {
  /** The verdict on a socket whose numbers are beyond doubt. */
  verdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict>;
  /** Reasons to doubt its numbers beside those that concern every socket; empty if there are none. */
  doubt(ledger: Ledger, socket: Socket): string;
  /** Whether a verdict counts as a leak, or null where the tokens at close decide. */
  isLeak(verdict: SocketVerdict): boolean | null;
}

const xarrayJudge: Judge = { verdict: xarrayVerdict, doubt: () => "", isLeak: () => null };

const LEAKS: ReadonlySet<SocketVerdict> = new Set(["lingering", "leaked", "swept"]);

const JUDGES: Readonly<Record<Mode, Judge>> = {
  xarray: xarrayJudge,
  autorelease: xarrayJudge,
  // Another socket may return its tokens, and then they were not lost: all of the evidence counts.
  manual: { verdict: manualVerdict, doubt: manualDoubt, isLeak: (verdict) => LEAKS.has(verdict) },
  unknown: { ...xarrayJudge, doubt: (_, { issued }) => (issued > 0 ? "its mode is unknown" : "") },
};

/** What became of one socket's tokens. */
export function socketVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const doubt = numbersInDoubt(ledger, socket) || hiddenEnd(ledger, socket);
  if (doubt) return { verdict: "inconclusive", why: doubt };
  return JUDGES[socket.mode].verdict(ledger, socket);
}

/** Whether a socket of this verdict closed while it held tokens; whether they came back since may still be in doubt. */
export function isLeak(ledger: Ledger, socket: Socket, { verdict }: Verdict<SocketVerdict>): boolean {
  const byVerdict = JUDGES[socket.mode].isLeak(verdict);
  if (byVerdict !== null) return byVerdict;
  return socket.closedAt >= 0 && hadTokensAtClose(socket) && numbersInDoubt(ledger, socket) === "";
}

/** Why its numbers do not allow a verdict: sums that may be short, unless the xarray at close decides without them. */
export function numbersInDoubt(ledger: Ledger, socket: Socket): string {
  const unsure = uncounted(ledger, socket);
  if (unsure) return socket.kernel.hasAtClose === null ? unsure : "";
  // The kernel's own xarray was not empty: that a number is wrong does not change it.
  if (socket.kernel.hasAtClose) return "";
  return numberDoubts(socket) || JUDGES[socket.mode].doubt(ledger, socket);
}

/** Reasons not to believe the numbers themselves. */
function numberDoubts(socket: Socket): string {
  if (socket.doubts.length > 0) return socket.doubts.join("; ");
  const excess = -outstanding(socket);
  return excess > 0
    ? `${plural(excess, "more token")} returned than issued: they were issued before the trace`
    : "";
}

/** A reading shows that some socket at its pointer is open. */
function skippedEnd({ closeSkippedAt, destroySkippedAt }: Ledger, socket: Socket): string {
  const { born, closedAt, destroyedAt, coverage } = socket;
  if (closedAt >= 0 || destroyedAt >= 0) return "";
  if (Math.max(closeSkippedAt, destroySkippedAt) >= Math.max(coverage.openAt, born))
    return "the kernel skipped the probe of a close since it was last read: it may have been its own";
  return Math.min(closeSkippedAt, destroySkippedAt) >= born
    ? "the kernel skipped the probes of a close and of a destroy: they may have been its own, and what was read since another socket's"
    : "";
}

/** Why its last totals may no longer be true. */
function hiddenEnd(ledger: Ledger, socket: Socket): string {
  const skipped = skippedEnd(ledger, socket);
  if (skipped) return skipped;
  if (socket.coverage.seenAt > ledger.lostAt || socket.destroyedAt >= 0) return "";
  const since = `${missing(ledger)} since its last totals`;
  if (socket.closedAt < 0) return `${since}: its close may be among them`;
  return hadTokensAtClose(socket)
    ? `closed holding ${heldText(socket)}; ${since}: its destroy may be among them`
    : "";
}
