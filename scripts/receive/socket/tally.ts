// tally - One socket's counts: updated after every call, from the kernel's answers and nothing else.

import type { Refusal, ShortReturn } from "../session/statement.ts";
import type { Issue } from "./cmsg.ts";

/** The kernel stops a return call after this many frags (MAX_DONTNEED_FRAGS in net/core/sock.c). */
export const FRAG_LIMIT = 1024;

/** Tokens so far. */
export type Sums = { issued: number; returned: number };

export class Tally {
  issued = 0;
  peeked = 0;
  returned = 0;
  payloadBytes = 0;
  dmabufBytes = 0;
  linearBytes = 0;
  linearCmsgs = 0;
  recvmsgCalls = 0;
  returnCalls = 0;
  fragLimitStops = 0;
  returnedForOthers = 0;
  returnedByOthers = 0;
  returnedAfterClose = 0;
  readonly refused: Refusal[] = [];
  readonly shortReturns: ShortReturn[] = [];
  readonly errors: { errno: string }[] = [];

  /** Its own tokens that are out; what comes back after its close does not count. */
  get held(): number {
    return this.issued - (this.returned - this.returnedForOthers) - this.returnedByOthers;
  }

  get sums(): Sums {
    return { issued: this.issued, returned: this.returned };
  }

  /** Of the tokens that this socket returned last, `count` were another's, which may be closed already. */
  wereOf(other: Tally, count: number, closed: boolean): void {
    this.returnedForOthers += count;
    if (closed) other.returnedAfterClose += count;
    else other.returnedByOthers += count;
  }

  /** A recvmsg call took `bytes` out of the stream and handed out `issue`. */
  received(bytes: number, issue: Issue): void {
    this.recvmsgCalls++;
    this.issued += issue.count;
    this.payloadBytes += bytes;
    this.dmabufBytes += issue.dmabufBytes;
    this.linearBytes += issue.linearBytes;
    this.linearCmsgs += issue.linearCmsgs;
  }

  /** A recvmsg call with MSG_PEEK handed out `issue`; the stream is as before. */
  peekedAt(issue: Issue): void {
    this.recvmsgCalls++;
    this.issued += issue.count;
    this.peeked += issue.count;
  }

  /** A recvmsg call failed. */
  failed(errno: string): void {
    this.errors.push({ errno });
  }

  /** A return call that named `asked` frags freed `freed`. */
  gaveBack(asked: number, freed: number): void {
    this.returnCalls++;
    this.returned += freed;
    if (asked > FRAG_LIMIT && freed === FRAG_LIMIT) this.fragLimitStops++;
    else if (freed < asked) this.shortReturns.push({ asked, freed });
  }

  /** A return call of `tokens` structs was refused. */
  wasRefused(tokens: number, errno: string): void {
    this.returnCalls++;
    this.refused.push({ errno, tokens });
  }
}
