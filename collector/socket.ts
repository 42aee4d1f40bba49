// socket - What is known of one TCP socket. Plain data: a ledger is copied whole, and compared.

import type { Binding, Handover, Pinned } from "./bindings.ts";
import { type Calls, newCalls } from "./calls.ts";
import type { Mode } from "./event.ts";
import type { Finding } from "./findings.ts";
import type { Holds } from "./holds.ts";
import { newProfile, type Profile } from "./profile.ts";
import type { Token } from "./tokens.ts";

/** A binding this socket received from, and how many tokens the probes had summed up when it came to that binding. */
export interface Share {
  binding: Binding;
  summedBefore: number;
}

/** It holds `pages` distinct pages, at least, as long as it has returned no more than `returned` tokens. */
export interface Steady {
  returned: number;
  pages: number;
}

/** Times are ns since t0 and -1 for "not seen". */
export interface Socket {
  /** Survives reuse of the kernel pointer: the pointer and the time of its first token. */
  id: string;
  sk: string;
  born: number;
  /** What it adds to `outstanding` of each binding it received from: see recount. */
  counted: Map<Binding, number>;
  /** Who received the first token. */
  pid: number;
  comm: string;
  /** Path of its cgroup; empty where that was not read. */
  cgroup: string;
  netns: number;
  /** address:port, IPv6 in brackets; empty when not seen. */
  local: string;
  remote: string;
  mode: Mode;
  shares: Share[];
  /** Tokens handed out to it: what the probes summed up, and what they missed: tokens it held already when they came. */
  issued: number;
  summed: number;
  missed: number;
  /**
   * How `missed` is known: not at all; assumed to be 0, as it held nothing when its first tokens came; or read out of the
   * kernel. An assumption gives way to the first reading without a word: a return under way when the probes came could
   * have made it look so.
   */
  base: "none" | "assumed" | "read";
  /** When a reading changed `missed` last, -1 before. */
  rebasedAt: number;
  /** Its tokens that were given back, through whichever socket. */
  returned: number;
  /** What the returns made through this socket freed: differs from `returned` in manual mode only. */
  through: number;
  /** Manual mode: tokens of other sockets returned through this one. */
  forOthers: number;
  /** Manual mode: of those, told of by the kernel but not yet in `through`. */
  announced: { tokens: number; t: number }[];
  /** Manual mode: its tokens returned through other sockets. */
  elsewhere: Handover[];
  /** Of `issued`, tokens it held when the trace first met it: their age is not known. */
  before: number;
  /** Payload bytes of the TCP stream, known at close; -1 before. */
  payloadBytes: number;
  linearBytes: number;
  closedAt: number;
  closePid: number;
  closeComm: string;
  heldAtClose: number;
  destroyedAt: number;
  /** Tokens the kernel took back at destroy. */
  reclaimed: number;
  /** Manual mode: tokens dropped when the binding was unbound, and when; -1 while none were. */
  swept: number;
  sweptAt: number;
  /** Issued when the unbind of its binding began; -1 before. Tokens issued from then to its end may have missed the sweep. */
  issuedAtUnbind: number;
  unsure: number;
  /** What the kernel's xarray held when it was closed; null before, and where that was not seen. */
  kernelAtClose: number | null;
  /** From its newest reading, where that was exact; else null. */
  lastReading: Steady | null;
  /** sk_devmem_info.outstanding_urefs at close; null where nobody looked. */
  urefsAtClose: number | null;
  /** What the pages of its binding held when it closed, and once it was destroyed. */
  atClose: Pinned | null;
  atDestroy: Pinned | null;
  /** Whether the kernel's own xarray held tokens when it closed; null where no close line told. */
  xaAtClose: boolean | null;
  /** Time of the newest line that carried this socket's totals. */
  seenAt: number;
  /** Probe runs the kernel skipped while it was open. */
  skipped: number;
  /** It was open while nothing was traced, and its sums have not been put right since. */
  throughGap: boolean;
  /** Birth in the lines since the newest gap it was met again after; 0: none. What was issued and returned before that. */
  reborn: number;
  earlier: { issued: number; returned: number };
  /** Evidence that is missing, or that contradicts the sums; each sentence says by how many. */
  doubts: string[];
  findings: Finding[];
  /** Level tokens: what is held now, by token number; leaked: what was held at close. */
  tokens: Map<number, Token>;
  leaked: Token[];
  /** Level tokens: the first few numbers named in a return while the socket did not hold them. */
  strays: number[];
  /** How long its tokens were held, how many a call moved: as far as the level tells. */
  profile: Profile;
  /** Levels holds and profile; null before the first line of it. */
  holds: Holds | null;
  /** Level profile. */
  calls: Calls;
}

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
