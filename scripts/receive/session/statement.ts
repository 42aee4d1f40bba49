// statement - What a receive workload states about itself; every field comes from its own bookkeeping.
import type { Histogram } from "../../../collector/base/histogram.ts";
import type { Mode } from "../socket/mode.ts";

/** A return call the kernel refused: nothing was freed. */
export type Refusal = { errno: string /** dmabuf_token structs in the call */; tokens: number };

/** A return call that freed less than it named (at most 1024 per call count as named). */
export type ShortReturn = { /** frags named */ asked: number /** its return value */; freed: number };

/** A setsockopt call with SO_DEVMEM_AUTORELEASE. */
export type ModeChange = {
  value: number;
  /** The errno of the refusal; null where it was accepted. */
  errno: string | null;
  /** Its own tokens that were out then. */
  held: number;
  /** CLOCK_MONOTONIC ns, decimal, when the call returned. */
  at: string;
};

export type SocketStatement = {
  /** Our end: "192.0.2.1:5201" or "[2001:db8::1]:5201". */
  local: string;
  remote: string;
  /** Who received. */
  pid: number;
  /** Who closed it last: the receiver, or the process it was passed to. */
  closePid: number;
  /** SCM_DEVMEM_DMABUF cmsgs received, including those of peeks. */
  issued: number;
  /** Of those, the ones received with MSG_PEEK. */
  peeked: number;
  /** Sum of the positive return values of SO_DEVMEM_DONTNEED on this socket. */
  returned: number;
  /** Of those, tokens that other sockets received; then its own tokens returned through others, before and after its close. */
  returnedForOthers: number;
  returnedByOthers: number;
  returnedAfterClose: number;
  /** Its own tokens that were out at close, whoever returned the others. */
  heldAtClose: number;
  /** `issued` and `returned` when it waited for holdUntil; null where it did not. */
  atHold: { issued: number; returned: number } | null;
  /** The distinct dma-buf pages of those tokens; null unless the mode is manual. */
  pagesAtClose: number | null;
  /** What getsockopt reported at accept, and last; then every attempt to change it. */
  accepted: Mode;
  mode: Mode;
  modeChanges: ModeChange[];
  /** Bytes taken out of the stream (peeks take none). */
  payloadBytes: number;
  /** Of those, the bytes in SCM_DEVMEM_DMABUF cmsgs, and in SCM_DEVMEM_LINEAR cmsgs. */
  dmabufBytes: number;
  linearBytes: number;
  linearCmsgs: number;
  /** recvmsg calls that received something, peeks included. */
  recvmsgCalls: number;
  /** SO_DEVMEM_DONTNEED calls, refused ones included. */
  returnCalls: number;
  /** CLOCK_MONOTONIC ns, decimal, when the last close(2) returned; null where only the kernel knows. */
  closedAt: string | null;
  refused: Refusal[];
  shortReturns: ShortReturn[];
  /** Calls that named more than 1024 frags and freed 1024. */
  fragLimitStops: number;
  /** recvmsg calls that failed, other than EAGAIN. */
  errors: { errno: string }[];
  /** With --record: how long it held its tokens, ns, at least and at most; tokens per recvmsg and per return call. */
  record: { holds: Histogram; holdsAtMost: Histogram; issues: Histogram; returns: Histogram } | null;
};

/** A second dma-buf, which received the end of the stream. */
export type BindingStatement = {
  dmabufId: number;
  dmabufPages: number;
  queues: number[];
  boundAt: string;
  unboundAt: string | null;
};

export type Statement = {
  statement: 1;
  name: string;
  /** The process that bound and received. */
  pid: number;
  ifname: string;
  ifindex: number;
  queues: number[];
  dmabufId: number;
  dmabufPages: number;
  /** CLOCK_MONOTONIC ns, decimal: when bind-rx answered, when close(2) of the netlink socket returned. */
  boundAt: string;
  unboundAt: string | null;
  /** Tokens the sockets held when the binding was closed before them; null when it was not. */
  heldAtUnbind: number | null;
  /** The distinct dma-buf pages of those tokens; null unless the mode is manual. */
  pagesAtUnbind: number | null;
  /** Tokens handed out after the unbind. */
  issuedAfterUnbind: number;
  secondBinding: BindingStatement | null;
  /** The tokens held each time the stream stalled because the dma-buf was exhausted. */
  ranDryHolding: number[];
  /** CPU time of the receive loop, microseconds. */
  cpuUs: { user: number; system: number };
  sockets: SocketStatement[];
};
