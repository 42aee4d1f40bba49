// marks - What the charts of a socket and of a binding mark, and the stretch of time they cover.

import { clock, plural } from "../../base/format.ts";
import type { LostEvent } from "../../events/event.ts";
import type { Binding, Socket } from "../../ledger/state/socket-and-binding.ts";
import type { Mark } from "./chart.ts";

/** The signs used, each explained once on the page. */
export const SIGNS = {
  leak: "▼ closed holding tokens",
  closed: "■ closed",
  destroyed: "× destroyed",
  bound: "▸ bound",
  unbound: "◆ unbound",
  pinned: "◆! unbound while tokens are held",
  freed: "○ freed",
  lost: "? events lost",
} as const;

function mark(what: keyof typeof SIGNS, t: number, more = ""): Mark {
  const [sign = "", ...words] = SIGNS[what].split(" ");
  const bad = ["leak", "pinned", "lost"].includes(what);
  return { t, sign, bad, label: `${words.join(" ")}${more} at ${clock(t)} s` };
}

/** A socket's close and destroy. */
export function socketMarks(socket: Socket): Mark[] {
  const { closedAt, destroyedAt, heldAtClose } = socket;
  const close =
    heldAtClose > 0 ? mark("leak", closedAt, ` (${plural(heldAtClose, "token")})`) : mark("closed", closedAt);
  return [close, mark("destroyed", destroyedAt)].filter(({ t }) => t >= 0);
}

/** A binding's bind, unbind and free, and the closes of its sockets that were holding tokens. */
export function bindingMarks(binding: Binding, sockets: Socket[]): Mark[] {
  const { boundAt, unboundAt, freedAt, heldAtUnbind } = binding;
  const leaks = sockets.filter(
    (s) => s.heldAtClose > 0 && s.shares.some((share) => share.binding === binding),
  );
  const unbind =
    heldAtUnbind > 0
      ? mark("pinned", unboundAt, ` (${plural(heldAtUnbind, "token")})`)
      : mark("unbound", unboundAt);
  const life = [mark("bound", boundAt), unbind, mark("freed", freedAt)].filter(({ t }) => t >= 0);
  return [...life, ...leaks.flatMap((s) => socketMarks(s).filter(({ bad }) => bad))];
}

/** When events were lost. */
export function lossMarks(losses: LostEvent[]): Mark[] {
  return losses.map(({ t, count }) => mark("lost", t, ` (${count})`));
}

/** ns since t0. */
export interface Stretch {
  from: number;
  to: number;
}

/** The time between `from` and `to` in which something happens, with a little room on either side. */
export function stretch(times: number[], from: number, to: number): Stretch {
  const inside = times.filter((t) => t >= from && t <= to);
  if (inside.length === 0) return { from, to };
  const first = inside.reduce((a, b) => Math.min(a, b));
  const last = inside.reduce((a, b) => Math.max(a, b));
  const room = Math.max((last - first) * 0.06, 1e6);
  return { from: Math.max(from, first - room), to: Math.min(Math.max(to, first + 1), last + room) };
}
