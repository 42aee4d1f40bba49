// tokens - Level `tokens`: each token a socket holds, by number. A number is reused as soon as it is returned.

import type { ProbeEvent } from "./event.ts";
import type { FindingKind } from "./findings.ts";

/** One token user space holds. Identity is (socket, token, issuedAt): the number alone comes again. */
export interface Token {
  token: number;
  /** ns since t0. */
  issuedAt: number;
  dmabufId: number;
  /** Where its payload lies in the dma-buf, and how much of it, bytes. */
  offset: number;
  size: number;
  /** The thread that received it. */
  tid: number;
}

/** A token handed out by recvmsg. A number already held means its return was never seen: the newer one stands. */
export function tokenIssued(tokens: Map<number, Token>, event: ProbeEvent<"issue">): void {
  const { token, t, dmabuf, offset, size, tid } = event;
  tokens.set(token, { token, issuedAt: t, dmabufId: dmabuf, offset, size, tid });
}

/** A token given back. Returns what was wrong with it, or null: the kernel skips an index that holds nothing, silently. */
export function tokenReturned(tokens: Map<number, Token>, event: ProbeEvent<"return">): FindingKind | null {
  if (event.ok === 1) {
    tokens.delete(event.token);
    return null;
  }
  return "unknown token";
}
