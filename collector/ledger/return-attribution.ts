// return-attribution - Level tokens: which tokens a return gives back, and whose they were.

import type { ProbeEvent } from "../events/event.ts";
import { bindingOf } from "./socket-events.ts";
import type { Ledger, Socket, Token } from "./state.ts";
import { numbersOf } from "./tokens.ts";

export interface GivenBack {
  token: Token;
  /** The socket it was issued to: in manual mode not always the one it is returned through. */
  owner: Socket;
}

/** The tokens a return gives back; to be asked before it is applied: the ledger still knows when they were issued. */
export function givenBack(ledger: Ledger, event: ProbeEvent<"return">): GivenBack[] {
  const socket = ledger.current.get(event.sk);
  const given: GivenBack[] = [];
  if (!socket) return given;
  for (const number of numbersOf(event)) {
    const hold = holdOf(socket, number);
    if (hold?.token.returnsDue === 0) given.push(hold);
  }
  return given;
}

/**
 * The earlier holder of a number that is issued again; to be asked before that is applied. It was given back already: its
 * return is told of when the call ends, and another thread was quicker.
 */
export function overtaken(ledger: Ledger, event: ProbeEvent<"issue">): GivenBack | undefined {
  const socket = ledger.current.get(event.sk);
  return socket && !bindingOf(socket) ? holdOf(socket, event.token) : undefined;
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
