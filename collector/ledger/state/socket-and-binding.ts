// socket-and-binding - What is kept of one socket and of one binding, which name each other. Only types are here.

import type { Mode } from "../../events/event.ts";
import type { Calls } from "../profile/calls.ts";
import type { Holds } from "../profile/holds.ts";
import type { Profile } from "../profile/profile.ts";
import type { Finding, Stray } from "../sockets/findings.ts";
import type { Token } from "./token.ts";

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
  /** One for each binding, the one that it receives from now last. */
  shares: Share[];
  /** Tokens of bindings that are not among those any more: see letGoShare. */
  sharedEarlier: number;

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
  /** Manual mode: it was let go while it held tokens. */
  forsaken: boolean;

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
  strays: Stray[];
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
  /** Of those, returned beyond what its counter had. By counts no others are known; level tokens goes by pages. */
  beyond: number;
  /** Of those, reported by the kernel but not yet in the sums. */
  announced: { tokens: number; t: number }[];
  /** Level tokens: freed by returns through it; of known pages, and of others, which were issued before the trace. */
  named: number;
  unnamed: number;
  /** Its tokens returned through other sockets. */
  elsewhere: Handover[];
  /** Issued when the unbind of its binding began; -1 before. Tokens issued from then to its end may have missed the sweep. */
  issuedAtUnbind: number;
  unsure: number;
  /** Of its own tokens, those that are taken for returned in calls that returned others' too, in that round: see Mixed. */
  mixed: { tokens: number; round: number };
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
  /** Tokens that the pages of its binding held then, beyond those of the sockets that are known. */
  unknownAtClose: number;
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

/** A binding that a socket received from, perhaps with others in between. */
export interface Share {
  binding: Binding;
  /** Tokens that it was issued of it before it last came to it. */
  earlier: number;
  /** How many tokens of all bindings the probes had summed up then. */
  summedBefore: number;
  /** What the socket adds to `outstanding` of the binding: see recount. */
  counted: number;
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
  /** Times of the first line about it, and of the newest one that shows it bound. */
  firstAt: number;
  seenAt: number;
  /** Tokens its sockets held at unbind. */
  heldAtUnbind: number;
  /** The newest episodes in which every page was held. */
  dry: DryEpisode[];
  /** Episodes before those, and the page allocations that failed in them. */
  dryBefore: { episodes: number; failed: number };
  /** Page allocations that failed, of all episodes. */
  failed: number;
  samples: HeldSample[];
  /** When the unbind was over and had swept what sockets in manual mode held; -1 before. */
  sweptAt: number;
  /** What its pages held at unbind by the kernel's own counters; null: not seen. */
  atUnbind: Pinned | null;
  /** Manual mode: sockets destroyed while holding tokens, which other sockets may still return. */
  orphans: Socket[];
  forsaken: Forsaken;
  /** Manual mode: tokens returned through a socket that held none, while their owner is not known yet. */
  unattributed: Handover[];
  mixed: Mixed;
  /** Manual mode, level tokens: freed by returns through its sockets, of pages whose holder is not known. */
  unnamed: number;
  /** Manual mode, level tokens: what each page is held for, oldest first. */
  held: Map<number, PageToken[]>;
  /** Pages out of its page pools at the last netlink answer (in rings, socket queues and caches too); null: no answer yet. */
  inflight: number | null;
  /** Tokens of it held then, and issued since. */
  heldAtInflight: number;
  issuedSinceInflight: number;
  /** Sockets that certainly held pages then: compared once each has been read again. */
  wasHeld: { socket: Socket; reading: Steady }[];
  /** Evidence that contradicts what its sockets hold. */
  doubts: string[];
}

/**
 * Manual mode: calls that returned more than their socket held, while it held some. Of its own, some may be among what is
 * still out, counted on other sockets. Once nothing is out, a new round begins.
 */
export interface Mixed {
  /** The most that can still be out. */
  tokens: number;
  /** The newest call. */
  t: number;
  round: number;
  /** The socket that made them; null: several did, or none. */
  by: Socket | null;
}

/** Manual mode: sockets of a binding that were let go while they held tokens of it. */
export interface Forsaken {
  sockets: number;
  /** Tokens of theirs that are pinned, and tokens that are known to have come back through other sockets since. */
  tokens: number;
  returned: number;
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

/** One hold of a page, and the socket it was issued to. */
export interface PageToken extends Token {
  socket: Socket;
}

/** Page → its holds, oldest first; shared by the sockets of one binding. */
export type PageTokens = Map<number, PageToken[]>;
