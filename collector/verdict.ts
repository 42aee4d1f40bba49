// verdict - What the evidence allows to say: one verdict per socket, one per binding, one for the run.

import type { Binding } from "./bindings.ts";
import { duration, plural } from "./format.ts";
import { held, type Ledger, lostEvents } from "./ledger.ts";
import { outstanding, type Socket } from "./sockets.ts";

export type SocketVerdict = "open" | "clean" | "lingering" | "reclaimed" | "inconclusive";
export type BindingVerdict = "bound" | "unbound clean" | "unbound pinned" | "stuck" | "inconclusive";
export type RunVerdict = "clean" | "leak" | "inconclusive";

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
  if (socket.doubts.length > 0) return socket.doubts.join("; ");
  if (socket.born === 0) return "its tokens were issued before the trace";
  if (outstanding(socket) < 0)
    return `${-outstanding(socket)} more tokens returned than issued: they were issued before the trace`;
  if (socket.closedAt < 0 && socket.seenAt <= ledger.lostAt) {
    return `${plural(lostEvents(ledger), "event")} lost since its last totals: they may hide its close`;
  }
  return "";
}

/** What became of one binding's pages. */
export function bindingVerdict(ledger: Ledger, binding: Binding): Verdict<BindingVerdict> {
  if (binding.freedAt >= 0) return { verdict: "unbound clean", why: "" };
  if (binding.unboundAt < 0) return { verdict: "bound", why: "" };
  const now = held(ledger, binding);
  if (now > 0)
    return {
      verdict: "unbound pinned",
      why: `${plural(now, "token")} still held: the dma-buf cannot be freed`,
    };
  if (lostEvents(ledger) > 0) return { verdict: "inconclusive", why: "not seen freed, but events were lost" };
  const waited = ledger.now - binding.lastReleaseAt;
  if (waited > FREE_GRACE_NS)
    return { verdict: "stuck", why: "unbound, every known holder gone, still not freed" };
  return { verdict: "inconclusive", why: "the trace ended before the kernel could be seen to free it" };
}

const LEAKS = new Set<string>(["lingering", "reclaimed", "unbound pinned", "stuck"] satisfies (
  | SocketVerdict
  | BindingVerdict
)[]);

/** The run: any leak wins; else anything missing makes it inconclusive. */
export function runVerdict(ledger: Ledger): Verdict<RunVerdict> {
  const sockets = ledger.sockets.map((s) => socketVerdict(ledger, s));
  const bindings = ledger.bindings.map((b) => bindingVerdict(ledger, b));
  const all = [...sockets, ...bindings];
  if (all.some((v) => LEAKS.has(v.verdict))) return { verdict: "leak", why: leakReason(sockets, bindings) };
  if (ledger.ended) return { verdict: "inconclusive", why: ledger.ended };
  if (lostEvents(ledger) > 0)
    return { verdict: "inconclusive", why: `${plural(lostEvents(ledger), "event")} lost` };
  const unsure = all.find((v) => v.verdict === "inconclusive");
  return unsure ? { verdict: "inconclusive", why: unsure.why } : { verdict: "clean", why: "" };
}

function leakReason(sockets: Verdict<SocketVerdict>[], bindings: Verdict<BindingVerdict>[]): string {
  const leaky = sockets.filter((v) => LEAKS.has(v.verdict)).length;
  const pinned = bindings.filter((v) => LEAKS.has(v.verdict)).length;
  const parts = [];
  if (leaky > 0) parts.push(`${plural(leaky, "socket")} closed while still holding tokens`);
  if (pinned > 0) parts.push(`${plural(pinned, "binding")} unbound and not freed`);
  return parts.join(", ");
}
