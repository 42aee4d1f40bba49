// let-go - The sums of what is not kept one by one any more. Only types are here.

import type { Calls } from "../profile/calls.ts";
import type { Holds } from "../profile/holds.ts";
import type { Profile } from "../profile/profile.ts";

/** What the ledger does not keep one by one any more. All of it counts for the verdict on the run. */
export interface LetGo {
  /** Of all roles together. */
  sockets: number;
  leaks: number;
  roles: Map<string, RoleSums>;
  /** Roles that found no place in `roles`, together. */
  others: RoleSums;
  /** Closes of sockets that held tokens, by the kernel's count: see kernel-totals.ts. */
  kept: number;
  /** Why the first inconclusive socket or binding was so; empty: none was. */
  doubt: string;
  /** Bindings, which were unbound and freed. */
  bindings: number;
  /** What was left when somebody looked last for what can be let go. */
  lookedAt: { finished: number; bindings: number };
  measured: Measured;
}

/** Sockets of one role that were let go, in sums. */
export interface RoleSums {
  role: Role;
  sockets: number;
  /** Those that closed while they held tokens. */
  leaks: number;
  /** How many had which verdict when they were let go. */
  verdicts: Record<string, number>;
  issued: number;
  returned: number;
  reclaimed: number;
  swept: number;
  heldAtClose: number;
  /** Payload bytes, of the sockets whose close showed them; and of the payload, bytes in linear memory. */
  payloadBytes: number;
  linearBytes: number;
}

/** What makes a socket of one run that of another: program, service port, device of its dma-bufs. */
export interface Role {
  comm: string;
  /** 0: none that stays the same from run to run, or unknown. */
  port: number;
  device: string;
}

/** What a profile shows of sockets that were let go. Times are ns since t0. */
export interface Measured {
  profile: Profile;
  calls: Calls;
  /** The sums of levels holds and profile; null: not measured. */
  holds: Pick<Holds, "age" | "total" | "overtaken"> | null;
  /** Bytes of dma-buf their tokens pinned, a page each. */
  pinnedBytes: number;
  /** Payload bytes where a close showed them; -1: of none. */
  payloadBytes: number;
  /** The first token and the last close of any. */
  born: number;
  closedAt: number;
}
