// xarray-verdict - What became of the tokens of a socket that keeps them in its own xarray.

import { duration, plural } from "../base/format.ts";
import { hadTokensAtClose } from "../ledger/evidence/close-evidence.ts";
import { assumed, uncounted } from "../ledger/evidence/doubts.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import type { SocketVerdict, Verdict } from "./words.ts";

/** The verdict on a socket whose numbers are beyond doubt, or do not matter. */
export function xarrayVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  if (socket.closedAt < 0) return { verdict: "open", why: "" };
  if (!hadTokensAtClose(socket)) return cleanVerdict(ledger, socket);
  const because = howSure(ledger, socket);
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

function cleanVerdict(ledger: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const unsure = uncounted(ledger, socket);
  return {
    verdict: "clean",
    why: unsure && `its xarray was empty at close, so nothing missed matters: ${unsure}`,
  };
}

/** What to add where only that it held tokens is sure. */
function howSure(ledger: Ledger, socket: Socket): string {
  const unsure = uncounted(ledger, socket) || socket.doubts.join("; ");
  if (unsure)
    return `; the kernel's xarray confirms it still held tokens; the exact count is uncertain: ${unsure}`;
  const assumption = assumed(ledger, socket);
  return assumption && `; the exact count is uncertain: ${assumption}`;
}

/** What it held at close by the sums, as far as they show it. */
export function heldText({ heldAtClose }: Socket): string {
  return heldAtClose > 0 ? plural(heldAtClose, "token") : "tokens";
}
