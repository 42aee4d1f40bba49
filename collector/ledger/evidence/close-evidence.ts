// close-evidence - Whether a socket closed while it held tokens, by the best evidence available.

import type { Socket } from "../state/socket-and-binding.ts";

/** The kernel's own xarray has the last word where a close line shows it; where the sums differ they are in doubt. */
export function hadTokensAtClose({ kernel, heldAtClose }: Socket): boolean {
  return kernel.hasAtClose ?? heldAtClose > 0;
}

/** Whether the kernel counts its close among those of sockets that held tokens: see the sums line. */
export function isKept({ closedAt, kernel, sums, heldAtClose }: Socket): boolean {
  if (closedAt < 0) return false;
  return kernel.hasAtClose ?? (sums.base !== "none" && heldAtClose > 0);
}
