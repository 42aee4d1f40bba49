// socket - What is known of one TCP socket. Plain data: a ledger is copied whole, and compared.

import type { Mode } from "../../events/event.ts";
import { doubt } from "../evidence/doubts.ts";
import { newCalls } from "../profile/calls.ts";
import { newProfile } from "../profile/profile.ts";
import type { Binding, Share, Socket } from "../state/socket-and-binding.ts";

/** A socket of which only kernel pointer and birth are known; where the birth is 0 too, the line at time `t` is the first. */
export function newSocket(sk: string, born: number, mode: Mode, t = born): Socket {
  // One literal without spreads: V8 gives objects made with them a hidden class each, and everything that reads a field
  // of a socket becomes several times as slow.
  return {
    id: `${sk}@${born || t}`,
    sk,
    born,
    pid: 0,
    comm: "",
    cgroup: "",
    netns: 0,
    local: "",
    remote: "",
    mode,
    shares: [],
    sharedEarlier: 0,
    counted: new Map(),
    issued: 0,
    returned: 0,
    reclaimed: 0,
    swept: 0,
    sweptAt: -1,
    before: 0,
    sums: { issued: 0, through: 0, missed: 0, base: "none", earlier: { issued: 0, returned: 0 } },
    exchange: {
      forOthers: 0,
      beyond: 0,
      named: 0,
      unnamed: 0,
      announced: [],
      elsewhere: [],
      issuedAtUnbind: -1,
      unsure: 0,
      mixed: { tokens: 0, round: 0 },
    },
    linearBytes: 0,
    closedAt: -1,
    closePid: 0,
    closeComm: "",
    heldAtClose: 0,
    payloadBytes: -1,
    destroyedAt: -1,
    leakReported: false,
    forsaken: false,
    kernel: {
      heldAtClose: null,
      hasAtClose: null,
      urefsAtClose: null,
      pagesAtClose: null,
      unknownAtClose: 0,
      pagesAtDestroy: null,
      lastReading: null,
    },
    coverage: { seenAt: born, openAt: -1, skipped: 0, throughGap: false, reborn: 0 },
    doubts: [],
    findings: [],
    tokens: new Map(),
    leaked: [],
    strays: [],
    profile: newProfile(),
    holds: null,
    calls: newCalls(),
  };
}

/** Tokens issued and neither returned, reclaimed nor swept; below 0 when some were issued before the trace. */
export function outstanding(socket: Socket): number {
  return socket.issued - socket.returned - socket.reclaimed - socket.swept;
}

/** In manual mode, the binding whose pages a socket's tokens are: it can have one only (sk_devmem_info.binding). */
export function sharedBinding(socket: Socket): Binding | undefined {
  return socket.mode === "manual" ? socket.shares.at(-1)?.binding : undefined;
}

/**
 * Manual mode: tokens it held when it was first seen, after the unbind of its binding. The counter that was read
 * (outstanding_urefs) is not lowered by the sweep, so they may be gone.
 */
export function sweptBefore(socket: Socket): number {
  const unboundAt = sharedBinding(socket)?.unboundAt ?? -1;
  return unboundAt >= 0 && socket.born > unboundAt ? Math.max(0, socket.before) : 0;
}

/**
 * The most tokens of `binding` this socket can hold. Exact while it received from one binding only: a return does not
 * show the binding of its token, and the bindings of tokens issued before the trace are not known.
 */
export function heldOf(socket: Socket, binding: Binding): number {
  const { shares, sums } = socket;
  let most = sums.missed;
  let shared = false;
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i] as Share;
    if (share.binding !== binding) continue;
    shared = true;
    most += (shares[i + 1]?.summedBefore ?? sums.issued) - share.summedBefore;
  }
  return shared ? Math.max(0, Math.min(most, outstanding(socket))) : 0;
}

/** After what the socket holds may have changed: keeps the sums of its bindings, which are read at every line. */
export function recount(socket: Socket): void {
  if (socket.shares.length > FEW)
    for (const [binding, now] of heldByBinding(socket)) setHeld(socket, binding, now);
  else for (const { binding } of socket.shares) setHeld(socket, binding, heldOf(socket, binding));
}

/** Up to so many bindings of a socket, going through them again for each is quicker than a map. */
const FEW = 4;

function setHeld(socket: Socket, binding: Binding, now: number): void {
  binding.outstanding += now - (socket.counted.get(binding) ?? 0);
  socket.counted.set(binding, now);
}

/** heldOf for each binding that the socket received from, in one pass. */
export function heldByBinding(socket: Socket): Map<Binding, number> {
  const { shares, sums } = socket;
  const held = new Map<Binding, number>();
  for (const [i, { binding, summedBefore }] of shares.entries()) {
    const own = (shares[i + 1]?.summedBefore ?? sums.issued) - summedBefore;
    held.set(binding, (held.get(binding) ?? sums.missed) + own);
  }
  const most = outstanding(socket);
  for (const [binding, tokens] of held) held.set(binding, Math.max(0, Math.min(tokens, most)));
  return held;
}

/**
 * More than a socket receives from. What it holds of each changes with every line about it, so that all of them are gone
 * through then: of a recording that claims more, only the newest count.
 */
const MOST_SHARES = 256;

/** It receives from `binding` from here on. */
export function share(socket: Socket, binding: Binding, summedBefore: number): void {
  const { shares } = socket;
  if (shares.at(-1)?.binding === binding) return;
  shares.push({ binding, summedBefore });
  if (shares.length > MOST_SHARES) letGoShare(socket);
}

/** Whether it still holds tokens of the binding that it received from first is not known any more. */
function letGoShare(socket: Socket): void {
  const [oldest, next] = socket.shares as [Share, Share];
  socket.shares.shift();
  socket.sharedEarlier += next.summedBefore - oldest.summedBefore;
  const { binding } = oldest;
  if (socket.shares.some((share) => share.binding === binding)) return;
  setHeld(socket, binding, 0);
  socket.counted.delete(binding);
  doubt(
    binding,
    `a socket that received from it received from more than ${MOST_SHARES} others since: what it holds of each is not known`,
  );
}
