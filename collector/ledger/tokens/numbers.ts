// numbers - Which token numbers a return names.

import type { ProbeEvent } from "../../events/event.ts";
import type { Socket } from "../state/socket-and-binding.ts";

/** MAX_DONTNEED_FRAGS, net/core/sock.c: a call looks at no more numbers than these, whatever its ranges claim. */
const MOST_RETURNED = 1024;

/** How many of the numbers from `first` on the kernel looked at. */
export function lookedAt({ count }: ProbeEvent<"return">): number {
  return Math.min(count, MOST_RETURNED);
}

/** The numbers a return named and the kernel looked at. */
export function* numbersOf(event: ProbeEvent<"return">): Generator<number> {
  const count = lookedAt(event);
  for (let i = 0; i < count; i++) yield event.first + i;
}

/** Enough to recognise a pattern. */
const MAX_STRAYS = 16;

/** A return named a number that the socket did not hold; the first few, in a row or not, are kept. */
export function addStray({ strays }: Socket, number: number, tid: number): void {
  const last = strays.at(-1);
  if (last?.tid === tid && number === last.first + last.count) last.count += 1;
  else if (strays.length < MAX_STRAYS) strays.push({ first: number, count: 1, tid });
}
