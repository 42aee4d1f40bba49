// triggers - What a flight recorder is there for: a leak, a dma-buf run dry, an event lost. Each is told once, when it is known.

import type { Event } from "../events/event.ts";
import type { Binding, Ledger, Socket } from "../ledger/state.ts";
import { bindingVerdict } from "../verdict/verdict.ts";

export const TRIGGERS = ["leak", "exhausted", "lost"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Watches a ledger. */
export class Triggers {
  readonly #on: ReadonlySet<Trigger>;
  readonly #told = new WeakSet<Socket | Binding>();

  constructor(on: readonly Trigger[]) {
    this.#on = new Set(on);
  }

  /** What `event`, already applied to the ledger, is a trigger of; null where it is of nothing. */
  pulled(event: Event, ledger: Ledger): Trigger | null {
    const what = this.#what(event, ledger);
    return what && this.#on.has(what) ? what : null;
  }

  #what(event: Event, ledger: Ledger): Trigger | null {
    switch (event.kind) {
      case "lost":
        return "lost";
      case "dry":
        return ledger.bound.get(event.binding)?.dry.at(-1)?.from === event.t ? "exhausted" : null;
      case "count":
      case "close":
        return this.#leak(ledger.current.get(event.sk));
      case "destroy":
        return this.#leak(ledger.sockets.findLast(({ sk }) => sk === event.sk));
      case "unbind":
      case "tick":
        return [...ledger.bound.values()].some((binding) => this.#held(ledger, binding)) ? "leak" : null;
      default:
        return null;
    }
  }

  /** A close whose line was lost is known by the next one. */
  #leak(socket: Socket | undefined): Trigger | null {
    return socket && socket.closedAt >= 0 && socket.heldAtClose > 0 && this.#isNew(socket) ? "leak" : null;
  }

  #held(ledger: Ledger, binding: Binding): boolean {
    if (binding.unboundAt < 0) return false;
    const { verdict } = bindingVerdict(ledger, binding);
    return (verdict === "unbound pinned" || verdict === "stuck") && this.#isNew(binding);
  }

  #isNew(one: Socket | Binding): boolean {
    const isNew = !this.#told.has(one);
    this.#told.add(one);
    return isNew;
  }
}
