// tokens - Level `tokens`: each token a socket holds, by number. A number is reused as soon as it is returned.

import type { ProbeEvent } from "../events/event.ts";
import type { Token } from "./state.ts";

/**
 * A token handed out by recvmsg. A return is told of when its call ends, so another thread may be issued the freed
 * number before that: the number is then still held here, and one return to come belongs to the earlier holder.
 */
export function tokenIssued(tokens: Map<number, Token>, event: ProbeEvent<"issue">, stack: string): void {
  const { token, t, dmabuf, offset, size, tid } = event;
  const earlier = tokens.get(token);
  const returnsDue = earlier ? earlier.returnsDue + 1 : 0;
  tokens.delete(token); // So that the first in the map is always the oldest.
  tokens.set(token, { token, issuedAt: t, dmabufId: dmabuf, offset, size, tid, stack, returnsDue });
}

/**
 * A range of tokens named in a return. Gives back the numbers the socket did not hold: the kernel skips them without
 * an error, whether they were returned before, belong to another socket or never were.
 */
export function tokensReturned(tokens: Map<number, Token>, event: ProbeEvent<"return">): number[] {
  const unknown = [];
  for (const number of numbersOf(event)) {
    const token = tokens.get(number);
    if (!token) unknown.push(number);
    else if (token.returnsDue > 0) token.returnsDue -= 1;
    else tokens.delete(number);
  }
  return unknown;
}

/** MAX_DONTNEED_FRAGS, net/core/sock.c: a call looks at no more numbers than these, whatever its ranges claim. */
const MOST_RETURNED = 1024;

/** The numbers a return named and the kernel looked at. */
export function* numbersOf({ first, count }: ProbeEvent<"return">): Generator<number> {
  for (let i = 0; i < Math.min(count, MOST_RETURNED); i++) yield first + i;
}
