// identity - Which socket a line is about: the kernel reuses pointers, and after a gap the probes give other births.

import { addresses, isSameEnd } from "../../events/endpoint.ts";
import type { ProbeEvent } from "../../events/event.ts";
import type { SocketEvent } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import { continueAfterGap } from "./sums.ts";

/** Whether a line with a birth is about `known`. */
export function isOf(known: Socket, event: SocketEvent & { born: number }): boolean {
  if (event.kind === "close" && hasOtherEnds(known, event)) return false;
  if (event.born === known.born || (event.born !== 0 && event.born === known.coverage.reborn)) return true;
  if (event.born !== 0) return false;
  // A socket the probes' maps do not know: it closes once, and is the same if it is the same connection.
  return (
    event.kind !== "close" || (known.closedAt < 0 && (!known.coverage.throughGap || isSame(known, event)))
  );
}

/**
 * Its destroy was missed, and so the probes take the next socket at its pointer for it. A disconnected socket has no ports
 * (tcp_disconnect).
 */
function hasOtherEnds(known: Socket, event: ProbeEvent<"close">): boolean {
  if (known.local === "" || event.lport === 0 || event.rport === 0) return false;
  const { local, remote } = addresses(event);
  return !(isSameEnd(known.local, local) && isSameEnd(known.remote, remote));
}

/** It was open when the maps were lost, and the line names the same connection. */
function isSame(socket: Socket, event: ProbeEvent<"socket" | "close">): boolean {
  const { local, remote } = addresses(event);
  return (
    socket.coverage.throughGap &&
    socket.closedAt < 0 &&
    isSameEnd(socket.local, local) &&
    isSameEnd(socket.remote, remote)
  );
}

/** XA_CHUNK_SIZE, include/linux/xarray.h: up to so many tokens `before` is exact, else the least there were. */
const XA_CHUNK_SIZE = 64;

/** Whether a line introduces `known` again, with another birth: the probes' maps were lost since. */
export function isMetAgain(known: Socket, event: SocketEvent): event is ProbeEvent<"socket"> {
  return event.kind === "socket" && isSame(known, event);
}

/** The first tokens since a gap: the xarray shows what was held then, and so what is outstanding from here on. */
export function meetAgain(socket: Socket, event: ProbeEvent<"socket">): void {
  socket.coverage.reborn = event.born;
  if (event.before >= 0 && event.before < XA_CHUNK_SIZE) continueAfterGap(socket, event.before, 0, 0);
}

/** The option of a listening socket, or a refusal on a socket the probes have not met. */
export function isNoReceiver(event: SocketEvent): boolean {
  return (event.kind === "mode" || event.kind === "second") && event.born === 0;
}
