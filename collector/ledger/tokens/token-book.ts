// token-book - What depends on how the kernel keeps a socket's tokens: in the socket's own xarray, or on its binding's pages.

import type { Level, ProbeEvent } from "../../events/event.ts";
import type { Changes, Ledger } from "../state/ledger.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import type { Token } from "../state/token.ts";

/** The functions of one form. They keep nothing themselves: all data is in the socket and its binding, and is copied with them. */
export interface TokenBook {
  /** Only the socket itself can return its tokens, so what it holds at close can only be reclaimed. */
  readonly isPrivate: boolean;
  /** Whether the sums must agree with the kernel's number when the socket closes, as `held` and close lines have it. */
  isComparedAtClose(level: Level): boolean;
  /** What the kernel's number must be by the sums; `kernel`: what it is. */
  expected(socket: Socket, kernel: number): number;
  /** Whether the kernel's xarray held tokens at close; null where the line does not show it. */
  hasAtClose(event: ProbeEvent<"close">): boolean | null;

  /** Level tokens: one token was handed out, to a thread that called recvmsg by `stack`. */
  issue(socket: Socket, event: ProbeEvent<"issue">, stack: string, changes: Changes): void;
  /** Level tokens: a range of tokens was named in a return. */
  giveBack(socket: Socket, event: ProbeEvent<"return">, changes: Changes): void;
  /** Level tokens: what the socket holds now, one by one, and the oldest of it. */
  tokensOf(socket: Socket): Token[];
  oldestOf(socket: Socket): Token | undefined;

  /** After the sums of a socket moved. */
  settle(ledger: Ledger, socket: Socket, t: number): void;
  /** The kernel destroyed the socket. */
  destroyed(socket: Socket): void;
}
