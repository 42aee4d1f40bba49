// socket - What is known of one TCP socket. Plain data: a ledger is copied whole, and compared.

import type { Mode } from "../events/event.ts";
import { newCalls } from "./calls.ts";
import { newProfile } from "./profile.ts";
import type { Socket } from "./state.ts";

/** A socket nothing is known of but its kernel pointer and birth; where that is 0 too, the line at time `t` is the first. */
export function newSocket(sk: string, born: number, mode: Mode, t = born): Socket {
  // One literal without spreads: V8 gives objects made with them a hidden class each, and everything that reads a field
  // of a socket becomes several times as slow.
  return {
    id: `${sk}@${born || t}`,
    sk,
    born,
    counted: new Map(),
    pid: 0,
    comm: "",
    cgroup: "",
    netns: 0,
    local: "",
    remote: "",
    mode,
    shares: [],
    issued: 0,
    summed: 0,
    missed: 0,
    base: "none",
    rebasedAt: -1,
    returned: 0,
    through: 0,
    forOthers: 0,
    announced: [],
    elsewhere: [],
    before: 0,
    payloadBytes: -1,
    linearBytes: 0,
    closedAt: -1,
    closePid: 0,
    closeComm: "",
    heldAtClose: 0,
    destroyedAt: -1,
    reclaimed: 0,
    swept: 0,
    sweptAt: -1,
    issuedAtUnbind: -1,
    unsure: 0,
    kernelAtClose: null,
    lastReading: null,
    urefsAtClose: null,
    atClose: null,
    atDestroy: null,
    xaAtClose: null,
    seenAt: born,
    skipped: 0,
    throughGap: false,
    reborn: 0,
    earlier: { issued: 0, returned: 0 },
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
