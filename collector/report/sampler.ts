// sampler - What each socket and binding held over time, point by point as the events go by.

import { type Event, having } from "../events/event.ts";
import { pagesHeld } from "../ledger/bindings/pages.ts";
import { lostEvents } from "../ledger/evidence/evidence.ts";
import { mostPinned, pageSizeOf, pagesUnder, pinnedBytes } from "../ledger/pinned.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import type { Binding, Socket } from "../ledger/state/socket-and-binding.ts";
import { bookOf } from "../ledger/tokens/books.ts";

/** From time t (ns since t0) on: tokens outstanding, bytes pinned. */
export interface Point {
  t: number;
  held: number;
  pinned: number;
}

/** Where the points go. */
export interface Points {
  socket(socket: Socket, point: Point): void;
  binding(binding: Binding, point: Point): void;
}

const FIRST_STEP_NS = 1e6;

/** After these events the point is never postponed: it must be of that moment. */
const isTurn = having("family", "life");

export class Sampler {
  /** At most one point per this time, ns, plus one for the highest value meanwhile. */
  step = FIRST_STEP_NS;
  readonly #to: Points;
  readonly #last = new Map<Socket | Binding, Point>();
  /** Sockets that changed since the last sample, and the most they held meanwhile. */
  readonly #changed = new Map<Socket, number>();
  #due = 0;

  constructor(to: Points) {
    this.#to = to;
  }

  /** Takes one event in, and what it changed in the ledger. */
  take(event: Event, ledger: Ledger, { socket, binding, moved }: Changes): void {
    if (socket) this.#note(ledger, socket);
    for (let i = 0; i < moved.count; i++) this.#note(ledger, moved.items[i] as Socket);
    if (event.kind === "lost") this.#noteAll(ledger);
    if (isTurn(event)) this.#sample(ledger, event.t, binding);
    else if (event.t >= this.#due) this.#sample(ledger, event.t, null);
  }

  #note(ledger: Ledger, socket: Socket): void {
    this.#changed.set(socket, Math.max(this.#changed.get(socket) ?? 0, heldBy(ledger, socket)));
  }

  /** Level tokens: from here on the sums count, and not the lists. */
  #noteAll(ledger: Ledger): void {
    if (ledger.header.level !== "tokens") return;
    for (const of of this.#last.keys()) if ("sk" in of) this.#note(ledger, of);
  }

  #sample(ledger: Ledger, t: number, turned: Binding | null): void {
    const bindings = new Set(turned ? [turned] : []);
    for (const [socket, most] of this.#changed) {
      if (!this.#last.has(socket) && socket.born > 0)
        this.#emit(socket, { t: socket.born, held: 0, pinned: 0 });
      const now = { t, held: heldBy(ledger, socket), pinned: pinnedOf(ledger, socket) };
      if (most > now.held && most > (this.#last.get(socket)?.held ?? 0))
        this.#emit(socket, { ...now, held: most });
      this.#emit(socket, now);
      for (const { binding } of socket.shares) bindings.add(binding);
    }
    for (const binding of bindings) this.#emit(binding, bindingPoint(ledger, binding, t));
    this.#changed.clear();
    this.#due = t + this.step;
  }

  #emit(of: Socket | Binding, point: Point): void {
    const last = this.#last.get(of);
    if (last && last.held === point.held && last.pinned === point.pinned) return;
    this.#last.set(of, point);
    if ("sk" in of) this.#to.socket(of, point);
    else this.#to.binding(of, point);
  }
}

function bindingPoint(ledger: Ledger, binding: Binding, t: number): Point {
  const tokens = binding.freedAt >= 0 ? 0 : Math.max(binding.outstanding, listed(ledger, binding));
  return { t, held: tokens, pinned: pagesHeld(binding, tokens) * binding.pageSize };
}

/** Level tokens: what the sockets that received from this binding alone hold by their lists of tokens. */
function listed(ledger: Ledger, binding: Binding): number {
  if (!isListed(ledger)) return 0;
  const own = [...ledger.current.values()].filter((s) =>
    s.shares.every((share) => share.binding === binding),
  );
  return own.reduce((sum, socket) => sum + (socket.shares.length > 0 ? heldBy(ledger, socket) : 0), 0);
}

/** More sockets or tokens than these are not gone through for a point: then the sums count. */
const MOST_LISTED = 2048;

/** Level tokens knows each token before its batch is summed; with losses only the sums are right. */
function isListed(ledger: Ledger): boolean {
  return ledger.header.level === "tokens" && lostEvents(ledger) === 0 && ledger.current.size <= MOST_LISTED;
}

function heldBy(ledger: Ledger, socket: Socket): number {
  const byList = isListed(ledger) && bookOf(socket).isPrivate && socket.closedAt < 0;
  return byList ? socket.tokens.size : Math.max(0, outstanding(socket));
}

function pinnedOf(ledger: Ledger, socket: Socket): number {
  if (!isListed(ledger) || !bookOf(socket).isPrivate || socket.closedAt >= 0) return pinnedBytes(socket);
  if (socket.tokens.size > MOST_LISTED) return mostPinned(socket, socket.tokens.size);
  const size = pageSizeOf(socket);
  return pagesUnder(socket.tokens.values(), size) * size;
}
