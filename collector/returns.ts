// returns - Level tokens: which tokens a return gives back, and whose they were.

import type { ProbeEvent } from "./event.ts";
import type { Ledger } from "./ledger.ts";
import { bindingOf, type Socket } from "./sockets.ts";
import type { Token } from "./tokens.ts";

export interface GivenBack {
  token: Token;
  /** The socket it was issued to: in manual mode not always the one it is returned through. */
  owner: Socket;
}

/** The tokens a return gives back; to be asked before it is applied: the ledger still knows when they were issued. */
export function givenBack(ledger: Ledger, event: ProbeEvent<"return">): GivenBack[] {
  const socket = ledger.current.get(event.sk);
  if (!socket) return [];
  const numbers = Array.from({ length: event.count }, (_, i) => event.first + i);
  return numbers
    .flatMap((number) => holdOf(socket, number) ?? [])
    .filter(({ token }) => token.returnsDue === 0);
}

/** The token a return of this number gives back, as the ledger will decide it. */
function holdOf(socket: Socket, number: number): GivenBack | undefined {
  const binding = bindingOf(socket);
  if (!binding) {
    const token = socket.tokens.get(number);
    return token && { token, owner: socket };
  }
  const holds = binding.held.get(number);
  const hold = holds?.find((one) => one.socket === socket) ?? holds?.[0];
  return hold && { token: hold, owner: hold.socket };
}
