// verdict - What the evidence allows to say: one verdict per socket, one per binding, one for the run.

import { duration, plural } from "../base/format.ts";
import {
  assumed,
  gapText,
  isFreedUntold,
  lostEvents,
  lostText,
  missing,
  noLeakHidden,
  noUnbindHidden,
  uncounted,
  untoldLeaks,
} from "../ledger/evidence.ts";
import { heldBy, holders } from "../ledger/ledger.ts";
import { bindingOf, outstanding } from "../ledger/socket-events.ts";
import type { Binding, Ledger, Socket } from "../ledger/state.ts";
import { manualDoubt, manualVerdict } from "./manual-verdict.ts";
import type { BindingVerdict, RunVerdict, SocketVerdict, Verdict } from "./words.ts";

/**
 * A free may come late without anybody's fault: the page pool looks once a second whether its last page came back
 * (DEFER_TIME, net/core/page_pool.c), and an idle CPU keeps freed skbs until its next packet (skb_attempt_defer_free).
 */
export const FREE_GRACE_NS = 30e9;

/** What became of one socket's tokens. */
export function socketVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const doubt = numbersInDoubt(ledger, socket) || hiddenEnd(ledger, socket);
  if (doubt) return { verdict: "inconclusive", why: doubt };
  if (socket.mode === "manual") return manualVerdict(socket);
  if (socket.closedAt < 0) return { verdict: "open", why: "" };
  return closedVerdict(ledger, socket);
}

function closedVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const unsure = uncounted(ledger, socket);
  if (!hasKept(socket))
    return {
      verdict: "clean",
      why: unsure && `its xarray was empty at close, whatever was missed: ${unsure}`,
    };
  const assumption = assumed(ledger, socket);
  const because = unsure
    ? `; that it held some the kernel's own xarray says, how many is not sure: ${unsure}`
    : assumption && `; how many is not sure: ${assumption}`;
  const tokens = heldText(socket);
  if (socket.destroyedAt < 0)
    return {
      verdict: "lingering",
      why: `closed holding ${tokens}, not destroyed yet: still pinned${because}`,
    };
  const after = duration(socket.destroyedAt - socket.closedAt);
  return {
    verdict: "reclaimed",
    why: `closed holding ${tokens}; the kernel took them back at destroy, ${after} later${because}`,
  };
}

/** What the sums say it held at close, as far as they say anything. */
function heldText({ heldAtClose }: Socket): string {
  return heldAtClose > 0 ? plural(heldAtClose, "token") : "tokens";
}

/** The kernel's own xarray has the last word where a close line told of it; where the sums differ they are in doubt. */
function hasKept(socket: Socket): boolean {
  return socket.xaAtClose ?? socket.heldAtClose > 0;
}

/** Why its numbers do not allow a verdict: sums that may be short, unless the xarray at close tells without them. */
function numbersInDoubt(ledger: Ledger, socket: Socket): string {
  const unsure = uncounted(ledger, socket);
  if (unsure) return socket.xaAtClose === null ? unsure : "";
  return numberDoubts(socket) || manualDoubt(ledger, socket);
}

/** Why it is not known whether it is still as its last totals say. */
function hiddenEnd(ledger: Ledger, socket: Socket): string {
  if (socket.seenAt > ledger.lostAt || socket.destroyedAt >= 0) return "";
  const since = `${missing(ledger)} since its last totals`;
  if (socket.closedAt < 0) return `${since}: its close may be among them`;
  return hasKept(socket) ? `closed holding ${heldText(socket)}; ${since}: its destroy may be among them` : "";
}

/** Reasons not to believe the numbers themselves. */
function numberDoubts(socket: Socket): string {
  if (socket.doubts.length > 0) return socket.doubts.join("; ");
  const excess = -outstanding(socket);
  return excess > 0 ? `${plural(excess, "more token")} returned than issued: issued before the trace` : "";
}

/**
 * It closed while holding tokens; whether they came back since may still be in doubt. In manual mode another socket may
 * return them, and then they were not lost: all of the evidence counts.
 */
function leaked(ledger: Ledger, socket: Socket, said: Verdict<SocketVerdict> | undefined): boolean {
  if (socket.mode === "manual") return said !== undefined && LEAKS.has(said.verdict);
  return socket.closedAt >= 0 && hasKept(socket) && numbersInDoubt(ledger, socket) === "";
}

const LEAKS: ReadonlySet<SocketVerdict> = new Set(["lingering", "leaked", "swept"]);

/** What became of one binding's pages. */
export function bindingVerdict(ledger: Ledger, binding: Binding): Verdict<BindingVerdict> {
  if (binding.doubts.length > 0) return { verdict: "inconclusive", why: binding.doubts.join("; ") };
  if (binding.freedAt >= 0) return { verdict: "unbound clean", why: "" };
  if (isFreedUntold(ledger, binding))
    return {
      verdict: "unbound clean",
      why: "freed by the kernel's own count, the line that told when is lost",
    };
  const doubt = hiddenUnbind(ledger, binding);
  if (doubt) return { verdict: "inconclusive", why: doubt };
  if (binding.unboundAt < 0) return { verdict: "bound", why: "" };
  const now = heldBy(binding, holders(ledger, binding));
  if (now > 0)
    return {
      verdict: "unbound pinned",
      why: `${plural(now, "token")} still held: the dma-buf cannot be freed`,
    };
  const orphaned = heldBy(binding, binding.orphans);
  if (orphaned > 0 && !isReachable(ledger, binding))
    return {
      verdict: "stuck",
      why: `${plural(orphaned, "token")} issued after the unbind had swept it, and their sockets are gone: nothing gives them back any more`,
    };
  const waited = ledger.now - binding.lastReleaseAt;
  if (waited > FREE_GRACE_NS)
    return { verdict: "stuck", why: "unbound, every known holder gone, still not freed" };
  return { verdict: "inconclusive", why: "the trace ended before the kernel could be seen to free it" };
}

/**
 * Why it is not known whether it is still bound, or not freed, or who holds it: something is missing since it was bound.
 * A socket that is known to hold some of it tells all the same that it cannot have been freed.
 */
function hiddenUnbind(ledger: Ledger, binding: Binding): string {
  if (lostEvents(ledger) + ledger.gaps.length === 0) return "";
  if (binding.unboundAt >= 0)
    return isSurelyHeld(ledger, binding)
      ? ""
      : `${missing(ledger)}: its free, or who holds it, may be among them`;
  if (binding.seenAt > ledger.lostAt || noUnbindHidden(ledger)) return "";
  return `${missing(ledger)} since it was last used: its unbind may be among them`;
}

function isSurelyHeld(ledger: Ledger, binding: Binding): boolean {
  const only = holders(ledger, binding).filter(({ shares }) => shares.length === 1);
  return only.some((s) => !["inconclusive", "clean"].includes(socketVerdict(ledger, s).verdict));
}

/** Whether a socket is left that could return tokens of `binding`. */
function isReachable(ledger: Ledger, binding: Binding): boolean {
  return [...ledger.current.values()].some((s) => s.closedAt < 0 && bindingOf(s) === binding);
}

const isLeak = ({ verdict }: Verdict<BindingVerdict>) => verdict === "unbound pinned" || verdict === "stuck";

/**
 * The run: any leak wins; else anything missing that could hide one makes it inconclusive. `sockets`, `bindings`: what
 * is said of each of
 * them, for who knows already.
 */
export function runVerdict(
  ledger: Ledger,
  sockets: Verdict<SocketVerdict>[] = ledger.sockets.map((s) => socketVerdict(ledger, s)),
  bindings: Verdict<BindingVerdict>[] = ledger.bindings.map((b) => bindingVerdict(ledger, b)),
): Verdict<RunVerdict> {
  const leaks = leakReason(
    ledger.sockets.filter((s, i) => leaked(ledger, s, sockets[i])).length,
    bindings.filter(isLeak).length,
    untoldLeaks(ledger),
  );
  if (leaks) return { verdict: "leak", why: leaks };
  const missed = ledger.ended || missedText(ledger);
  if (missed) return { verdict: "inconclusive", why: missed };
  const ends = noLeakHidden(ledger) ? ledger.sockets.map((s) => numbers(ledger, s)) : sockets;
  const unsure = [...ends, ...bindings].find((v) => v.verdict === "inconclusive");
  if (unsure) return { verdict: "inconclusive", why: unsure.why };
  return {
    verdict: "clean",
    why: lostEvents(ledger) > 0 ? `${lostText(ledger.lost)}, but ${NONE_KEPT}` : "",
  };
}

const NONE_KEPT = "by the kernel's own count no socket closed while holding tokens";

/** What is missing that could hide a leak. */
function missedText(ledger: Ledger): string {
  const gap = ledger.gaps[0];
  if (gap) return gapText(gap);
  return lostEvents(ledger) > 0 && !noLeakHidden(ledger) ? lostText(ledger.lost) : "";
}

/** A socket whose close may be among the lost lines did not leak, if none did: then only its numbers matter. */
function numbers(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const why = numbersInDoubt(ledger, socket);
  return { verdict: why ? "inconclusive" : "clean", why };
}

function leakReason(sockets: number, bindings: number, untold: number): string {
  const parts = [];
  if (sockets > 0) parts.push(`${plural(sockets, "socket")} closed while still holding tokens`);
  if (untold > 0)
    parts.push(`${plural(untold, "close")} of a socket holding tokens counted in the kernel, its line lost`);
  if (bindings > 0) parts.push(`${plural(bindings, "binding")} unbound and not freed`);
  return parts.join(", ");
}
