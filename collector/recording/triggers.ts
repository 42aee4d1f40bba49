// triggers - What a flight recorder waits for: a leak, an exhausted dma-buf, a lost event. Each fires once, as soon as it is known.

import { type Event, type EventWith, having } from "../events/event.ts";
import type { Trigger } from "../events/traits.ts";
import type { Binding, Ledger, Socket } from "../ledger/state.ts";
import { bindingVerdict } from "../verdict/verdict.ts";

const isLoss = having("trigger", "lost");
const mayExhaust = having("trigger", "exhausted");
const mayShowLeak = having("trigger", "leak");

/** Watches a ledger. */
export class Triggers {
  readonly #on: ReadonlySet<Trigger>;
  readonly #reported = new WeakSet<Socket | Binding>();

  constructor(on: readonly Trigger[]) {
    this.#on = new Set(on);
  }

  /** Which trigger `event`, already applied to the ledger, fires; null if none. */
  firedBy(event: Event, ledger: Ledger): Trigger | null {
    const what = this.#what(event, ledger);
    return what && this.#on.has(what) ? what : null;
  }

  #what(event: Event, ledger: Ledger): Trigger | null {
    if (isLoss(event)) return "lost";
    if (mayExhaust(event)) return startsEpisode(ledger, event) ? "exhausted" : null;
    return mayShowLeak(event) && this.#leaks(ledger, event) ? "leak" : null;
  }

  #leaks(ledger: Ledger, event: EventWith<"trigger", "leak">): boolean {
    if ("sk" in event) return this.#leaksAtClose(socketOf(ledger, event.sk));
    return [...ledger.bound.values()].some((binding) => this.#leaksAtUnbind(ledger, binding));
  }

  /** If the line of a close was lost, the next line of the socket shows it. */
  #leaksAtClose(socket: Socket | undefined): boolean {
    return socket !== undefined && socket.closedAt >= 0 && socket.heldAtClose > 0 && this.#isNew(socket);
  }

  #leaksAtUnbind(ledger: Ledger, binding: Binding): boolean {
    if (binding.unboundAt < 0) return false;
    const { verdict } = bindingVerdict(ledger, binding);
    return (verdict === "unbound pinned" || verdict === "stuck") && this.#isNew(binding);
  }

  #isNew(one: Socket | Binding): boolean {
    const isNew = !this.#reported.has(one);
    this.#reported.add(one);
    return isNew;
  }
}

function startsEpisode(ledger: Ledger, { t, binding }: EventWith<"trigger", "exhausted">): boolean {
  return ledger.bound.get(binding)?.dry.at(-1)?.from === t;
}

/** A destroyed socket is no longer current. */
function socketOf(ledger: Ledger, sk: string): Socket | undefined {
  return ledger.current.get(sk) ?? ledger.sockets.findLast((socket) => socket.sk === sk);
}
