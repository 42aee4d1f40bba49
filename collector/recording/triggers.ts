// triggers - What a flight recorder waits for: a leak, an exhausted dma-buf, a lost event. Each fires once, as soon as it is known.

import { type Event, having, type Trigger } from "../events/event.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import type { Binding } from "../ledger/state/socket-and-binding.ts";
import { bindingVerdict, isPinned } from "../verdict/binding-verdict.ts";

const isClock = having("family", "clock");

/** Watches a ledger. */
export class Triggers {
  readonly #on: ReadonlySet<Trigger>;
  readonly #reported = new WeakSet<Binding>();

  constructor(on: readonly Trigger[]) {
    this.#on = new Set(on);
  }

  /** Which trigger `event` fires, which made these changes to the ledger; null if none. */
  firedBy(event: Event, ledger: Ledger, changes: Changes): Trigger | null {
    const what = this.#what(event, ledger, changes);
    return what && this.#on.has(what) ? what : null;
  }

  #what(event: Event, ledger: Ledger, { leak, exhausted }: Changes): Trigger | null {
    if (event.kind === "lost") return "lost";
    if (exhausted) return "exhausted";
    return leak || this.#someIsPinned(event, ledger) ? "leak" : null;
  }

  /** Whether a binding is unbound while its pages are held: known at the unbind, or as time passes. */
  #someIsPinned(event: Event, ledger: Ledger): boolean {
    if (event.kind !== "unbind" && !isClock(event)) return false;
    return [...ledger.bound.values()].some((binding) => this.#isPinned(ledger, binding));
  }

  #isPinned(ledger: Ledger, binding: Binding): boolean {
    if (binding.unboundAt < 0 || this.#reported.has(binding)) return false;
    const pinned = isPinned(bindingVerdict(ledger, binding));
    if (pinned) this.#reported.add(binding);
    return pinned;
  }
}
