// holdings - What each receiver received, holds and held, in sums that follow a stream.

import type { Level } from "../events/event.ts";
import { itemsOf } from "../ledger/changes.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import type { Token } from "../ledger/state/token.ts";
import type { Watcher } from "../report/selection.ts";

/** Who received: a thread (0: any) and its user-space stack. */
export type Receiver = Pick<Token, "tid" | "stack">;

/** Any thread, by any stack. */
export const UNKNOWN: Receiver = { tid: 0, stack: "" };

/** What one receiver received on one socket. */
export interface Holding extends Receiver {
  issued: number;
  now: number;
  /** Sum of the times of returns less those of issues, ns; plus `now` times the end it is the time held. */
  sum: number;
}

/** A receiver as one word. */
export function keyOf({ tid, stack }: Receiver): string {
  return `${tid} ${stack}`;
}

/** ns for which its tokens were held, summed, until `end` (ns since t0). */
export function heldTime(holding: Holding | undefined, end: number): number {
  return holding ? Math.max(0, holding.sum + holding.now * end) : 0;
}

/** Of every socket, by receiver. */
export class Holdings {
  readonly #of = new Map<Socket, Map<string, Holding>>();

  /** By keyOf. */
  of(socket: Socket): ReadonlyMap<string, Holding> {
    return this.#of.get(socket) ?? new Map();
  }

  /** `tokens` more (or fewer) are held by `receiver` from `t` on. */
  move(socket: Socket, receiver: Receiver, t: number, tokens: number): void {
    move(this.#holding(socket, receiver), t, tokens);
  }

  /** What the sums of `socket` show at `t`; nobody knows who received. */
  follow(socket: Socket, t: number): void {
    const holding = this.#holding(socket, UNKNOWN);
    move(holding, t, Math.max(0, outstanding(socket)) - holding.now);
    holding.issued = socket.issued;
  }

  /** The kernel took back or swept at `t` what was left on sockets that hold nothing now. */
  letGo(t: number): void {
    for (const [socket, receivers] of this.#of)
      if (outstanding(socket) <= 0) for (const one of receivers.values()) move(one, t, -one.now);
  }

  #holding(socket: Socket, { tid, stack }: Receiver): Holding {
    const receivers = this.#of.get(socket) ?? new Map<string, Holding>();
    this.#of.set(socket, receivers);
    const key = keyOf({ tid, stack });
    const known = receivers.get(key) ?? { tid, stack, issued: 0, now: 0, sum: 0 };
    receivers.set(key, known);
    return known;
  }
}

function move(holding: Holding, t: number, tokens: number): void {
  holding.issued += Math.max(0, tokens);
  holding.now += tokens;
  holding.sum -= tokens * t;
}

/** Fills `holdings` from a stream of `level`. Only level `tokens` names receivers; at the others times are those of the sums. */
export function watcherOf(holdings: Holdings, level: Level): Watcher {
  return level === "tokens" ? byToken(holdings) : bySums(holdings);
}

function bySums(holdings: Holdings): Watcher {
  return {
    take({ t }, _, { socket, moved }) {
      if (socket) holdings.follow(socket, t);
      for (const one of itemsOf(moved)) holdings.follow(one, t);
    },
  };
}

function byToken(holdings: Holdings): Watcher {
  return {
    take({ t }, _, { socket, issued, gone, entered }) {
      for (const { owner, token } of itemsOf(gone)) holdings.move(owner, token, t, -1);
      for (const token of itemsOf(issued)) if (socket) holdings.move(socket, token, token.issuedAt, 1);
      if (entered === "destroyed" || entered === "swept" || entered === "freed") holdings.letGo(t);
    },
  };
}
