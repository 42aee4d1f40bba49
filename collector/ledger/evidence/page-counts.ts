// page-counts - Manual mode: the kernel's counters of pages and sockets at a close, a destroy or an unbind.

import type { ProbeEvent } from "../../events/event.ts";
import { rebase } from "../sockets/sums.ts";
import type { Changes, Ledger, Socket } from "../state.ts";
import { urefsOf } from "../tokens/pages-book.ts";

/** The pages of a binding were counted. */
export function onPinned(ledger: Ledger, event: ProbeEvent<"pinned">): void {
  const binding = ledger.bound.get(event.binding);
  if (!binding) return;
  const { changes } = ledger;
  const { tokens, pages, walked } = event;
  const socket =
    ledger.current.get(event.sk) ??
    ledger.sockets.findLast((s) => s.sk === event.sk && s.born === event.born);
  changes.binding = binding;
  if (event.at === "net_devmem_unbind_dmabuf") binding.atUnbind = { tokens, pages, walked };
  else if (socket) keep(socket, event);
  if (!socket) return;
  changes.socket = socket;
  agreeWithUrefs(socket, changes);
}

function keep({ kernel }: Socket, { at, urefs, tokens, pages, walked }: ProbeEvent<"pinned">): void {
  if (at === "tcp_v4_destroy_sock") {
    kernel.pagesAtDestroy = { tokens, pages, walked };
    return;
  }
  kernel.pagesAtClose = { tokens, pages, walked };
  kernel.urefsAtClose = urefs;
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
