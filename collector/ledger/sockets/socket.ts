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
  const share = socket.shares.find((one) => one.binding === binding);
  return share ? heldOfShare(socket, share) : 0;
}

/** heldOf of a share's binding. */
export function heldOfShare(socket: Socket, share: Share): number {
  const { shares, sums } = socket;
  const newest = share === shares.at(-1) ? sums.issued - share.summedBefore : 0;
  return Math.max(0, Math.min(sums.missed + share.earlier + newest, outstanding(socket)));
}

/** After what the socket holds may have changed: keeps the sums of its bindings, which are read at every line. */
export function recount(socket: Socket): void {
  for (const share of socket.shares) setHeld(share, heldOfShare(socket, share));
}

function setHeld(share: Share, now: number): void {
  share.binding.outstanding += now - share.counted;
  share.counted = now;
}

/** It receives from `binding` from here on. */
export function share(socket: Socket, binding: Binding, summedBefore: number): void {
  const { shares } = socket;
  const last = shares.at(-1);
  if (last?.binding === binding) return;
  if (last) last.earlier += summedBefore - last.summedBefore;
  const at = shares.findIndex((one) => one.binding === binding);
  const [known] = at >= 0 ? shares.splice(at, 1) : [];
  shares.push({ binding, earlier: known?.earlier ?? 0, summedBefore, counted: known?.counted ?? 0 });
  if (shares.length > MOST_SHARES) letGoShare(socket);
}

/**
 * More bindings than a socket receives from. What it holds of each may change with every line about it, so that all of them
 * are gone through then.
 */
const MOST_SHARES = 256;

/** Of one that is freed nothing is held; else it is the one that nothing was received from for the longest time. */
function letGoShare(socket: Socket): void {
  const { shares } = socket;
  const freed = shares.findIndex(({ binding }) => binding.freedAt >= 0);
  const [gone] = shares.splice(Math.max(0, freed), 1) as [Share];
  setHeld(gone, 0);
  if (freed >= 0) return;
  socket.sharedEarlier += gone.earlier;
  doubt(
    gone.binding,
    `a socket received from it, and from ${MOST_SHARES} other dma-bufs since: what it holds of it is not known`,
  );
}
