// binding-verdict - What became of one binding's pages, as firmly as the evidence allows.

import { plural } from "../base/format.ts";
import { heldBy, holders, surelyHeldBy, unattributedOf } from "../ledger/bindings/holders.ts";
import { lostEvents } from "../ledger/evidence/evidence.ts";
import { isFreedUnseen, noUnbindHidden } from "../ledger/evidence/kernel-totals.ts";
import { missing } from "../ledger/evidence/missing.ts";
import { sharedBinding } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Binding } from "../ledger/state/socket-and-binding.ts";
import { socketVerdict } from "./socket-verdict.ts";
import type { BindingVerdict, Verdict } from "./words.ts";

/** What became of one binding's pages. */
export function bindingVerdict(ledger: Ledger, binding: Binding): Verdict<BindingVerdict> {
  if (binding.doubts.length > 0) return { verdict: "inconclusive", why: binding.doubts.join("; ") };
  if (binding.freedAt >= 0) return { verdict: "unbound clean", why: "" };
  if (isFreedUnseen(ledger, binding))
    return {
      verdict: "unbound clean",
      why: "freed by the kernel's own count; the event that shows when is lost",
    };
  const doubt = hiddenUnbind(ledger, binding);
  if (doubt) return { verdict: "inconclusive", why: doubt };
  if (binding.unboundAt < 0) return { verdict: "bound", why: "" };
  return unboundVerdict(ledger, binding);
}

/** It was unbound, and is not freed. */
function unboundVerdict(ledger: Ledger, binding: Binding): Verdict<BindingVerdict> {
  // Whose these were is not known; what is left is held in any case.
  const returned = unattributedOf(binding) + ledger.strangers.tokens;
  const now = surelyHeldBy(binding, holders(ledger, binding)) - returned;
  if (now > 0)
    return {
      verdict: "unbound pinned",
      why: `${plural(now, "token")} still held: the dma-buf cannot be freed`,
    };
  const orphaned = heldBy(binding, binding.orphans) + binding.forsaken.tokens - returned;
  if (orphaned > 0 && !isReachable(ledger, binding))
    return {
      verdict: "stuck",
      why: `${plural(orphaned, "token")} issued after the sweep, and their sockets are gone: nothing can return them now`,
    };
  return { verdict: "inconclusive", why: notFreed(ledger, binding) };
}

/**
 * No socket is known to hold a page of it, and it is not freed. Waiting proves nothing: the pages may lie in skbs that an
 * idle CPU frees only at its next packet (skb_attempt_defer_free, net/core/skbuff.c).
 */
function notFreed(ledger: Ledger, binding: Binding): string {
  const { inflight } = binding;
  const most = heldBy(binding, holders(ledger, binding));
  const held =
    most > 0 ? `at most ${plural(most, "token")} of it held` : "no socket is known to hold a token of it";
  return `unbound and not freed: ${held}${inflight ? `, ${plural(inflight, "page")} out of its page pools` : ""}`;
}

/**
 * Why it is not known whether it is still bound, or not freed, or who holds it: something is missing since it was bound.
 * A socket that certainly holds some of it proves all the same that it cannot have been freed.
 */
function hiddenUnbind(ledger: Ledger, binding: Binding): string {
  if (lostEvents(ledger) + ledger.gaps.length === 0) return "";
  if (binding.unboundAt >= 0)
    return isSurelyHeld(ledger, binding)
      ? ""
      : `${missing(ledger)}: its free, or events of its holders, may be among them`;
  if (binding.seenAt > ledger.lostAt || noUnbindHidden(ledger)) return "";
  return `${missing(ledger)} since it was last used: its unbind may be among them`;
}

function isSurelyHeld(ledger: Ledger, binding: Binding): boolean {
  const only = holders(ledger, binding).filter(({ shares }) => shares.length === 1);
  return only.some((s) => !["inconclusive", "clean"].includes(socketVerdict(ledger, s).verdict));
}

/** Whether a socket is left that could return tokens of `binding`. */
function isReachable(ledger: Ledger, binding: Binding): boolean {
  return [...ledger.current.values()].some((s) => s.closedAt < 0 && sharedBinding(s) === binding);
}

/** Whether it makes the run a leak. */
export function isPinned({ verdict }: Verdict<BindingVerdict>): boolean {
  return verdict === "unbound pinned" || verdict === "stuck";
}
