// verdict - What the evidence allows to say: one verdict per socket, one per binding, one for the run.

import type { Binding } from "./bindings.ts";
import { duration, plural } from "./format.ts";
import { heldBy, holders, type Ledger, lostEvents } from "./ledger.ts";
import { manualDoubt, manualVerdict } from "./manual-verdict.ts";
import { bindingOf, outstanding, type Socket } from "./sockets.ts";

export const SOCKET_VERDICTS = [
  ...(["open", "clean", "lingering", "reclaimed", "inconclusive"] as const),
  ...(["leaked", "returned elsewhere", "swept"] as const),
];
export type SocketVerdict = (typeof SOCKET_VERDICTS)[number];
export const BINDING_VERDICTS = [
  "bound",
  "unbound clean",
  "unbound pinned",
  "stuck",
  "inconclusive",
] as const;
export type BindingVerdict = (typeof BINDING_VERDICTS)[number];
export const RUN_VERDICTS = ["clean", "leak", "inconclusive"] as const;
export type RunVerdict = (typeof RUN_VERDICTS)[number];

/** A verdict and the sentence that gives its reason; the reason is empty where the word says all. */
export interface Verdict<T> {
  verdict: T;
  why: string;
}

/**
 * A free may come late without anybody's fault: the page pool looks once a second whether its last page came back
 * (DEFER_TIME, net/core/page_pool.c), and an idle CPU keeps freed skbs until its next packet (skb_attempt_defer_free).
 */
export const FREE_GRACE_NS = 30e9;

/** What became of one socket's tokens. */
export function socketVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const doubt = socketDoubt(ledger, socket);
  if (doubt) return { verdict: "inconclusive", why: doubt };
  if (socket.mode === "manual") return manualVerdict(socket);
  if (socket.closedAt < 0) return { verdict: "open", why: "" };
  if (socket.heldAtClose === 0) return { verdict: "clean", why: "" };
  const tokens = plural(socket.heldAtClose, "token");
  if (socket.destroyedAt < 0)
    return { verdict: "lingering", why: `closed holding ${tokens}, not destroyed yet: still pinned` };
  const after = duration(socket.destroyedAt - socket.closedAt);
  return {
    verdict: "reclaimed",
    why: `closed holding ${tokens}; the kernel took them back at destroy, ${after} later`,
  };
}

function socketDoubt(ledger: Ledger, socket: Socket): string {
  const doubts = numberDoubts(socket) || manualDoubt(ledger, socket);
  if (doubts) return doubts;
  if (socket.seenAt > ledger.lostAt || socket.destroyedAt >= 0) return "";
  const lost = `${plural(lostEvents(ledger), "event")} lost since its last totals`;
  if (socket.closedAt < 0) return `${lost}: they may hide its close`;
  return socket.heldAtClose > 0
    ? `closed holding ${plural(socket.heldAtClose, "token")}; ${lost}: they may hide its destroy`
    : "";
}

/** Reasons not to believe the numbers themselves. */
function numberDoubts(socket: Socket): string {
  if (socket.doubts.length > 0) return socket.doubts.join("; ");
  if (socket.born === 0) return "its tokens were issued before the trace";
  const excess = -outstanding(socket);
  return excess > 0 ? `${plural(excess, "more token")} returned than issued: issued before the trace` : "";
}

/**
 * It closed while holding tokens; whether they came back since may still be in doubt. In manual mode another socket may
 * return them, and then they were not lost: all of the evidence counts.
 */
function leaked(socket: Socket, said: Verdict<SocketVerdict> | undefined): boolean {
  if (socket.mode === "manual") return said !== undefined && LEAKS.has(said.verdict);
  return socket.closedAt >= 0 && socket.heldAtClose > 0 && numberDoubts(socket) === "";
}

const LEAKS: ReadonlySet<SocketVerdict> = new Set(["lingering", "leaked", "swept"]);

/** What became of one binding's pages. */
export function bindingVerdict(ledger: Ledger, binding: Binding): Verdict<BindingVerdict> {
  if (binding.freedAt >= 0) return { verdict: "unbound clean", why: "" };
  if (binding.unboundAt < 0) return { verdict: "bound", why: "" };
  const live = holders(ledger, binding);
  const now = heldBy(binding, live);
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

/** Whether a socket is left that could return tokens of `binding`. */
function isReachable(ledger: Ledger, binding: Binding): boolean {
  return [...ledger.current.values()].some((s) => s.closedAt < 0 && bindingOf(s) === binding);
}

const isLeak = ({ verdict }: Verdict<BindingVerdict>) => verdict === "unbound pinned" || verdict === "stuck";

/**
 * The run: any leak wins; else anything missing makes it inconclusive. `sockets`, `bindings`: what is said of each of
 * them, for who knows already.
 */
export function runVerdict(
  ledger: Ledger,
  sockets: Verdict<SocketVerdict>[] = ledger.sockets.map((s) => socketVerdict(ledger, s)),
  bindings: Verdict<BindingVerdict>[] = ledger.bindings.map((b) => bindingVerdict(ledger, b)),
): Verdict<RunVerdict> {
  const leaks = leakReason(
    ledger.sockets.filter((s, i) => leaked(s, sockets[i])).length,
    bindings.filter(isLeak).length,
  );
  if (leaks) return { verdict: "leak", why: leaks };
  if (ledger.ended) return { verdict: "inconclusive", why: ledger.ended };
  if (lostEvents(ledger) > 0)
    return { verdict: "inconclusive", why: `${plural(lostEvents(ledger), "event")} lost` };
  const unsure = [...sockets, ...bindings].find((v) => v.verdict === "inconclusive");
  return unsure ? { verdict: "inconclusive", why: unsure.why } : { verdict: "clean", why: "" };
}

function leakReason(sockets: number, bindings: number): string {
  const parts = [];
  if (sockets > 0) parts.push(`${plural(sockets, "socket")} closed while still holding tokens`);
  if (bindings > 0) parts.push(`${plural(bindings, "binding")} unbound and not freed`);
  return parts.join(", ");
}
