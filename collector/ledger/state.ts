// state - What the ledger keeps: plain data, copied whole and compared. Types only; the files beside it change it.

import type { Header, Mode, ProbeEvent, TracerEvent } from "../events/event.ts";
import type { LOSSES } from "../events/tracer-events.ts";
import type { Calls } from "./calls.ts";
import type { Sample } from "./cpu-samples.ts";
import type { Finding } from "./findings.ts";
import type { Holds } from "./holds.ts";
import type { Profile } from "./profile.ts";

/** Everything known at the time of the last event. */
export interface Ledger extends Evidence {
  header: Header;
  /** Every socket that ever had a token, oldest first. */
  sockets: Socket[];
  /** The socket a kernel pointer means now; a destroyed one is gone from here, so a reused pointer is a new socket. */
  current: Map<string, Socket>;
  /** Level tokens: what was issued to a socket before its first line: the cmsgs of a batch come before its commit. */
  early: Map<string, Early[]>;
  /** Level tokens: how each thread called recvmsg last: functions of user space, see Token. */
  callers: Map<number, string>;
  /** Every binding seen, oldest first. */
  bindings: Binding[];
  /** The binding a kernel pointer means now. */
  bound: Map<string, Binding>;
  /** What sockets that never had a token did wrong. */
  findings: Finding[];
  /** Who a pid was, newest: what the tracer read of it when a line first named it. */
  processes: Map<number, TracerEvent<"process">>;
  /** Level profile: what receiving threads were seen doing, by process and stack. */
  samples: Map<string, Sample>;
  /** What the tracer itself has cost so far, and each of its BPF programs; null: not told. */
  cost: TracerEvent<"cost"> | null;
  programs: Map<string, TracerEvent<"program">>;
  /** How often the kernel was asked whether it agrees, and how often it did not. */
  checks: Checks;
  /** Time of the newest event, ns since t0. */
  now: number;
  /** Why the trace ended; empty when it was stopped on purpose, null while it goes on. */
  ended: string | null;
}

/** What is missing of a trace, and what is known all the same. Times are ns since t0 and -1 for "never". */
export interface Evidence {
  /** Events known to be missing, by what lost them. */
  lost: Record<Loss, number>;
  /** From here on nothing is known to be missing. */
  lostAt: number;
  gaps: Gap[];
  /** When a probe was last found not to have been run; sockets born later are not concerned. */
  skippedAt: number;
  /** Probe runs not made, by program: what it is attached to. */
  skippedRuns: Record<string, number>;
  /** The newest two ticks: what is found missing at one went missing since the one before. */
  ticks: [earlier: number, newest: number];
  /** The newest totals of the kernel's maps. */
  sums: ProbeEvent<"sums"> | null;
  /** Since when bpftrace has said nothing although it runs. */
  silentSince: number;
}

export type Loss = (typeof LOSSES)[number];

/** A stretch in which nothing was traced, ns since t0; `to` is -1 while it goes on. */
export interface Gap {
  from: number;
  to: number;
  /** Why, one sentence. */
  why: string;
}

/** How often the kernel was asked, and what came of it. */
export interface Checks {
  /** Rounds in which every socket was read. */
  times: number;
  /** Time of the last one, ns since t0; -1: never. */
  at: number;
  /** Readings and closes at which kernel and ledger said different numbers, and the newest of them. */
  differences: number;
  newest: { t: number; sk: string; sentence: string } | null;
  /** Sockets of the last round that did not stand still, and lines of it that could not be read. */
  moved: number;
  unread: number;
  /** Why the kernel could not be read; empty where it could. */
  unchecked: string;
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

/** Times are ns since t0 and -1 for "not seen"; numbers of unknown size are 0. */
export interface Binding {
  /** Kernel pointer of the net_devmem_dmabuf_binding, hex; reused after free. */
  ptr: string;
  dmabufId: number;
  ifname: string;
  ifindex: number;
  queues: number[];
  /** Size of the dma-buf and of one net_iov, bytes. */
  bytes: number;
  pageSize: number;
  pid: number;
  comm: string;
  boundAt: number;
  unboundAt: number;
  freedAt: number;
  /**
   * Tokens of it held now by all sockets, also those destroyed in manual mode; an upper bound where a socket received
   * from several bindings.
   */
  outstanding: number;
  /** Time of the newest line that told it was bound. */
  seenAt: number;
  /** Tokens its sockets held at unbind. */
  heldAtUnbind: number;
  dry: DryEpisode[];
  samples: HeldSample[];
  /** When the unbind was over and had swept what sockets in manual mode held; -1 before. */
  sweptAt: number;
  /** What its pages held at unbind by the kernel's own counters; null where nobody looked. */
  atUnbind: Pinned | null;
  /** Manual mode: sockets destroyed while holding tokens, which other sockets may still return. */
  orphans: Socket[];
  /** Manual mode: tokens returned through a socket that held none, not known yet whose they were. */
  unattributed: Handover[];
  /** Manual mode, level tokens: what each page is held for, oldest first. */
  held: Map<number, PageToken[]>;
  /** Pages out of its page pools when netlink was last asked (rings, socket queues and caches too); null: never. */
  inflight: number | null;
  /** What holders were certain then: to be looked at again when they have been read once more. */
  wasHeld: { socket: Socket; reading: Steady }[];
  /** Evidence that contradicts what its sockets hold. */
  doubts: string[];
  /** When its last holder let go after unbind; -1 while somebody holds. */
  lastReleaseAt: number;
}

/** A stretch of time in which the page pool found every page held. */
export interface DryEpisode {
  from: number;
  to: number;
  /** Failed page allocations. */
  failed: number;
}

/** How many tokens were held at a time; the newest few, for the slope. */
export interface HeldSample {
  t: number;
  held: number;
}

/** What the kernel's counters said of a binding's pages: tokens on them, pages held, pages looked at. */
export interface Pinned {
  tokens: number;
  pages: number;
  walked: number;
}

/** Tokens of one socket that were returned through another one of the same binding, by time t. */
export interface Handover {
  through: Socket;
  tokens: number;
  t: number;
}

/** One token user space holds. Identity is (socket, token, issuedAt): the number alone comes again. */
export interface Token {
  token: number;
  /** ns since t0. */
  issuedAt: number;
  dmabufId: number;
  /** Where its payload lies in the dma-buf, and how much of it, bytes. */
  offset: number;
  size: number;
  /** The thread that received it, and the user-space functions that called recvmsg, "outermost;…;innermost"; empty: not known. */
  tid: number;
  stack: string;
  /** Returns of earlier holders of this number that are still to be told of: see tokenIssued. */
  returnsDue: number;
}

/** One hold of a page, and the socket it was issued to. */
export interface PageToken extends Token {
  socket: Socket;
}

/** Page → its holds, oldest first; shared by the sockets of one binding. */
export type PageTokens = Map<number, PageToken[]>;

/** A token that came before its socket's first line, and how its thread had called recvmsg. */
export interface Early {
  event: ProbeEvent<"issue">;
  stack: string;
}

/** What speaks of one socket. */
export type SocketEvent =
  | Exclude<Extract<ProbeEvent, { sk: string }>, { kind: "pinned" | "read" }>
  | TracerEvent<"reading">;
