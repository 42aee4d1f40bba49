// ledger - What the ledger keeps, and what one event changed. Plain data, copied whole and compared; only types are here.

import type { RecentMap } from "../../base/recent-map.ts";
import type { Header, ProbeEvent, TracerEvent } from "../../events/event.ts";
import type { Sample } from "../profile/cpu-samples.ts";
import type { Finding } from "../sockets/findings.ts";
import type { Checks, Evidence } from "./evidence.ts";
import type { LetGo } from "./let-go.ts";
import type { Binding, Socket } from "./socket-and-binding.ts";
import type { Early, Token } from "./token.ts";

/** Everything known at the time of the newest event. */
export interface Ledger extends Evidence {
  header: Header;
  /** Every socket that ever had a token and was not let go, oldest first. */
  sockets: Socket[];
  /** Of these, the ones that were destroyed, in that order. */
  finished: Socket[];
  /** What was let go, in sums; nothing unless somebody asks for it: see verdict/bounded-ledger.ts. */
  letGo: LetGo;
  /** The socket each kernel pointer means now. A destroyed one is not in here: its pointer, reused, is a new socket. */
  current: Map<string, Socket>;
  /** Birth of the socket that was destroyed last at a kernel pointer. */
  destroyed: RecentMap<string, number>;
  /** Level tokens: issued to a socket before its first line, as the cmsgs of a batch come before its commit. */
  early: Map<string, Early[]>;
  /** Level tokens: how each thread called recvmsg last, as functions of user space: see Token. */
  callers: Map<number, string>;
  /** Every binding seen and not let go, oldest first. */
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

/** An event about one socket. */
export type SocketEvent =
  | Exclude<Extract<ProbeEvent, { sk: string }>, { kind: "pinned" | "read" }>
  | TracerEvent<"reading">;
