// token - One token that user space holds. Only types are here.

import type { ProbeEvent } from "../../events/event.ts";

/** One token user space holds. Identity is (socket, token, issuedAt): the number alone is used again. */
export interface Token {
  token: number;
  /** ns since t0. */
  issuedAt: number;
  dmabufId: number;
  /** Where its payload lies in the dma-buf, and how much of it, bytes. */
  offset: number;
  size: number;
  /** The thread that received it, and the user-space functions that called recvmsg, "outermost;…;innermost"; empty: not known. */
  tid: number;
  stack: string;
  /** Return lines of earlier holders of this number that are still to come: see xarray-book.ts. */
  returnsDue: number;
}

/** A token whose line came before its socket's first line, and the stack by which its thread called recvmsg. */
export interface Early {
  event: ProbeEvent<"issue">;
  stack: string;
}
