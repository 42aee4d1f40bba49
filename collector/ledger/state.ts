// state - What the ledger keeps: plain data, copied whole and compared. Types only; the files beside it change it.

import type { Header, Mode, ProbeEvent, TracerEvent } from "../events/event.ts";
import type { LOSSES } from "../events/tracer-events.ts";
import type { Calls } from "./profile/calls.ts";
import type { Sample } from "./profile/cpu-samples.ts";
import type { Holds } from "./profile/holds.ts";
import type { Profile } from "./profile/profile.ts";
import type { Finding } from "./sockets/findings.ts";

/** Everything known at the time of the newest event. */
export interface Ledger extends Evidence {
  header: Header;
  /** Every socket that ever had a token, oldest first. */
  sockets: Socket[];
  /** The socket each kernel pointer means now. A destroyed one is not in here: its pointer, reused, is a new socket. */
  current: Map<string, Socket>;
  /** Birth of the socket that was destroyed last at a kernel pointer. */
  destroyed: Map<string, number>;
  /** Level tokens: issued to a socket before its first line, as the cmsgs of a batch come before its commit. */
  early: Map<string, Early[]>;
  /** Level tokens: how each thread called recvmsg last, as functions of user space: see Token. */
  callers: Map<number, string>;
  /** Every binding seen, oldest first. */
  bindings: Binding[];
  /** The binding each kernel pointer means now. */
  bound: Map<string, Binding>;
  /** What sockets without a token did wrong. */
  findings: Finding[];
  /** The process of each pid: what the tracer read when a line first named it. */
  processes: Map<number, TracerEvent<"process">>;
  /** Level profile: what receiving threads did, by process and stack. */
  samples: Map<string, Sample>;
  /** What the tracer itself has cost so far, and each of its BPF programs; null: not known. */
  cost: TracerEvent<"cost"> | null;
  programs: Map<string, TracerEvent<"program">>;
  /** How often the ledger was compared with the kernel, and with what result. */
  checks: Checks;
  /** Time of the newest event, ns since t0. */
  now: number;
  /** Why the trace ended; empty when it was stopped on purpose, null while it goes on. */
  ended: string | null;
  /** What the newest event changed. */
  changes: Changes;
}

/**
 * What one event changed. There is one of it in a ledger, which every event fills anew: it holds until the next `apply` to
 * the same ledger, so that a kind that comes once per token allocates nothing.
 */
export interface Changes {
  /** The socket and the binding the event is about, also those whose life it ended; null: none, or none that is known. */
  socket: Socket | null;
  binding: Binding | null;
  /** The stage of its life that the socket or the binding entered. */
  entered: Stage | null;
  /** The socket is now known to have closed while it held tokens; true once in its life. */
  leak: boolean;
  /** What the socket had held before the trace was read out of the kernel, and is not what was assumed. */
  rebased: boolean;
  /** Where the kernel's number is not the ledger's: both, in a sentence; empty: no difference. */
  difference: string;
  /** What the event adds to the findings of the socket, or of the ledger where it is about no known socket. */
  finding: Finding | null;
  /** An episode began in which every page of the binding is held. */
  exhausted: boolean;
  /** Other sockets of the binding, whose tokens came back through this one or were swept. */
  moved: Refilled<Socket>;
  /** Level tokens: handed out. More than one where tokens had come before the first line of their socket. */
  issued: Refilled<Token>;
  /**
   * Level tokens: returned by this event; or returned before it, where it issues the number again: their return line is
   * printed when the call ends, and another thread was quicker.
   */
  gone: Refilled<Gone>;
  /** What a line on a bucket adds to its count. */
  grown: number;
}

/** Of a socket, then of a binding, in the order of their lives. */
export type Stage = "receiving" | "closed" | "destroyed" | "bound" | "unbound" | "swept" | "freed";

/** A list that is filled anew at every event and keeps its memory: only the first `count` items are of this event. */
export interface Refilled<Item> {
  count: number;
  items: Item[];
}

/** A token that was returned, and the socket it had been issued to. */
export interface Gone {
  token: Token;
  owner: Socket;
}

/** What is missing of a trace, and what is known all the same. Times are ns since t0 and -1 for "never". */
export interface Evidence {
  /** Events known to be missing, by what lost them. */
  lost: Record<Loss, number>;
  /** From here on nothing is known to be missing. */
  lostAt: number;
  gaps: Gap[];
  /** When the kernel was last found to have skipped a run of a probe; sockets born later are not concerned. */
  skippedAt: number;
  /** When the kernel was last found to have skipped a probe of a socket's close or destroy. */
  endSkippedAt: number;
  /** Skipped probe runs, by program: what it is attached to. */
  skippedRuns: Record<string, number>;
  /** The newest two ticks: what is found missing at one went missing since the one before. */
  ticks: [earlier: number, newest: number];
  /** The newest totals of the kernel's maps. */
  sums: ProbeEvent<"sums"> | null;
  /** Since when bpftrace has been silent although it runs. */
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

/** How often the ledger was compared with the kernel, and with what result. */
export interface Checks {
  /** Rounds in which every socket was read. */
  times: number;
  /** Time of the last one, ns since t0; -1: never. */
  at: number;
  /** Readings and closes at which the numbers of kernel and ledger were different. */
  differences: number;
  /** Sockets of the last round that moved while they were read, and lines of it that could not be read. */
  moved: number;
  unread: number;
  /** Why the kernel could not be read; empty where it could. */
  unchecked: string;
}

/** Times are ns since t0 and -1 for "not seen". */
export interface Socket {
  /** The pointer and the time of its first token: unique although the kernel uses the pointer again. */
  id: string;
  sk: string;
  born: number;
  /** Who received the first token. */
  pid: number;
  comm: string;
  /** Path of its cgroup; empty where that was not read. */
  cgroup: string;
  netns: number;
  /** address:port, IPv6 in brackets; empty when not seen. */
  local: string;
  remote: string;
  /** How the kernel keeps its tokens, which decides its token book. */
  mode: Mode;
  shares: Share[];
  /** What it adds to `outstanding` of each binding it received from: see recount. */
  counted: Map<Binding, number>;

  /** Tokens handed out to it: what the probes summed up, and what it held before they came. */
  issued: number;
  /** Its tokens that were given back, through whichever socket. */
  returned: number;
  /** Tokens the kernel took back at destroy. */
  reclaimed: number;
  /** Manual mode: tokens dropped when the binding was unbound, and when; -1 while none were. */
  swept: number;
  sweptAt: number;
  /** Of `issued`, tokens it held when the trace first met it: their age is not known. */
  before: number;
  sums: Sums;
  exchange: Exchange;
  linearBytes: number;

  closedAt: number;
  closePid: number;
  closeComm: string;
  heldAtClose: number;
  /** Payload bytes of the TCP stream, known at close; -1 before. */
  payloadBytes: number;
  destroyedAt: number;
  /** Whether a change has reported that it closed while it held tokens. */
  leakReported: boolean;

  kernel: KernelEvidence;
  coverage: Coverage;
  /** Evidence that is missing, or that contradicts the sums; each sentence has the number. */
  doubts: string[];
  findings: Finding[];

  /** Level tokens: what it holds now, by token number; empty in manual mode, where the binding has the pages. */
  tokens: Map<number, Token>;
  /** Level tokens: what it held at close. */
  leaked: Token[];
  /** Level tokens: the first few numbers named in a return while the socket did not hold them. */
  strays: number[];
  /** How long its tokens were held, how many a call moved: as far as the level shows. */
  profile: Profile;
  /** Levels holds and profile; null before the first line of it. */
  holds: Holds | null;
  /** Level profile. */
  calls: Calls;
}

/** What the probes counted on one socket, and what they came too late for. */
export interface Sums {
  /** Tokens handed out to it. */
  issued: number;
  /** Tokens freed by returns that were made through it: in manual mode others' too. */
  through: number;
  /** Tokens it held before the probes came. */
  missed: number;
  /**
   * How `missed` is known: not at all; assumed to be 0, as it held nothing when its first tokens came; or read out of the
   * kernel. The first reading replaces an assumption without a difference: a return under way when the probes came could
   * have made it look so.
   */
  base: "none" | "assumed" | "read";
  /** What had been issued and returned before the newest gap, as the probes' maps start anew after it. */
  earlier: { issued: number; returned: number };
}

/** Manual mode: tokens between this socket and others of its binding. */
export interface Exchange {
  /** Tokens of other sockets returned through this one. */
  forOthers: number;
  /** Of those, reported by the kernel but not yet in the sums. */
  announced: { tokens: number; t: number }[];
  /** Its tokens returned through other sockets. */
  elsewhere: Handover[];
  /** Issued when the unbind of its binding began; -1 before. Tokens issued from then to its end may have missed the sweep. */
  issuedAtUnbind: number;
  unsure: number;
}

/** The kernel's own numbers of one socket: each bounds what the sums can be. null: not seen. */
export interface KernelEvidence {
  /** Tokens in its xarray, or in manual mode its counter, when it was closed. */
  heldAtClose: number | null;
  /** Whether its xarray held any when it closed, by the close line. */
  hasAtClose: boolean | null;
  /** sk_devmem_info.outstanding_urefs at close. */
  urefsAtClose: number | null;
  /** What the pages of its binding held when it closed, and once it was destroyed. */
  pagesAtClose: Pinned | null;
  pagesAtDestroy: Pinned | null;
  /** Its newest reading; null where that was not exact. */
  lastReading: Steady | null;
}

/** How complete the lines on one socket are. */
export interface Coverage {
  /** Time of the newest line that carried its totals. */
  seenAt: number;
  /** When a reading last found it open in some process; -1: never. */
  openAt: number;
  /** Probe runs the kernel skipped while it was open. */
  skipped: number;
  /** It was open while nothing was traced, and its sums have not been put right since. */
  throughGap: boolean;
  /** Birth in the lines since the newest gap it was met again after; 0: none. */
  reborn: number;
}

/** A binding this socket received from, and how many tokens the probes had summed up when it came to that binding. */
export interface Share {
  binding: Binding;
  summedBefore: number;
}

/** It holds at least `pages` distinct pages as long as it has returned no more than `returned` tokens. */
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
  /** Time of the newest line that shows it bound. */
  seenAt: number;
  /** Tokens its sockets held at unbind. */
  heldAtUnbind: number;
  dry: DryEpisode[];
  /** Allocations that failed so far, as the newest line has it. */
  failed: number;
  samples: HeldSample[];
  /** When the unbind was over and had swept what sockets in manual mode held; -1 before. */
  sweptAt: number;
  /** What its pages held at unbind by the kernel's own counters; null: not seen. */
  atUnbind: Pinned | null;
  /** Manual mode: sockets destroyed while holding tokens, which other sockets may still return. */
  orphans: Socket[];
  /** Manual mode: tokens returned through a socket that held none, while their owner is not known yet. */
  unattributed: Handover[];
  /** Manual mode, level tokens: what each page is held for, oldest first. */
  held: Map<number, PageToken[]>;
  /** Pages out of its page pools at the last netlink answer (in rings, socket queues and caches too); null: no answer yet. */
  inflight: number | null;
  /** Sockets that certainly held pages then: compared once each has been read again. */
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

/** A binding's pages by the kernel's counters: tokens on them, pages held, pages visited. */
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

/** One token user space holds. Identity is (socket, token, issuedAt): the number alone is used again. */
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
  /** Return lines of earlier holders of this number that are still to come: see xarray-book.ts. */
  returnsDue: number;
}

/** One hold of a page, and the socket it was issued to. */
export interface PageToken extends Token {
  socket: Socket;
}

/** Page → its holds, oldest first; shared by the sockets of one binding. */
export type PageTokens = Map<number, PageToken[]>;

/** A token whose line came before its socket's first line, and the stack by which its thread called recvmsg. */
export interface Early {
  event: ProbeEvent<"issue">;
  stack: string;
}

/** An event about one socket. */
export type SocketEvent =
  | Exclude<Extract<ProbeEvent, { sk: string }>, { kind: "pinned" | "read" }>
  | TracerEvent<"reading">;
