// page-counts - Manual mode: the kernel's counters of pages and sockets at a close, a destroy or an unbind.

import type { ProbeEvent } from "../../events/event.ts";
import { rebase } from "../sockets/sums.ts";
import type { Changes, Ledger } from "../state/ledger.ts";
import type { Binding, Pinned, Socket } from "../state/socket-and-binding.ts";
import { urefsOf } from "../tokens/pages-book.ts";

/** The pages of a binding were counted. */
export function onPinned(ledger: Ledger, event: ProbeEvent<"pinned">): void {
  const binding = ledger.bound.get(event.binding);
  const isUnbind = event.at === "net_devmem_unbind_dmabuf";
  // Of a binding from before the trace this may be the first line.
  if (!binding && isUnbind) ledger.walkBeforeUnbind = event;
  if (!binding) return;
  const { changes } = ledger;
  const socket =
    ledger.current.get(event.sk) ??
    ledger.sockets.findLast((s) => s.sk === event.sk && s.born === event.born);
  changes.binding = binding;
  if (isUnbind) binding.atUnbind = walkOf(event);
  else if (socket) keep(socket, binding, event);
  if (!socket) return;
  changes.socket = socket;
  agreeWithUrefs(socket, changes);
}

/** What the pages of a binding from before the trace held when its unbind began; null: not seen. */
export function walkAtUnbind({ walkBeforeUnbind: walk }: Ledger, ptr: string): Pinned | null {
  return walk?.binding === ptr ? walkOf(walk) : null;
}

function walkOf({ tokens, pages, walked }: ProbeEvent<"pinned">): Pinned {
  return { tokens, pages, walked };
}

function keep({ kernel }: Socket, { outstanding }: Binding, event: ProbeEvent<"pinned">): void {
  if (event.at === "tcp_v4_destroy_sock") {
    kernel.pagesAtDestroy = walkOf(event);
    return;
  }
  kernel.pagesAtClose = walkOf(event);
  kernel.unknownAtClose = Math.max(0, event.tokens - outstanding);
  kernel.urefsAtClose = event.urefs;
}

/**
 * A socket met late may have returned tokens before its first line that no line counts: at close, when nothing moves any
 * more, the kernel's counter shows what it was issued in all.
 */
export function agreeWithUrefs(socket: Socket, changes: Changes): void {
  const { urefsAtClose } = socket.kernel;
  if (urefsAtClose === null || socket.closedAt < 0 || socket.before <= 0) return;
  const off = urefsAtClose - urefsOf(socket);
  if (off === 0) return;
  rebase(socket, off, changes);
  socket.heldAtClose += off;
}
