// sampler - What each socket and binding held over time, told point by point as the events go by.

import { type Event, having } from "../events/event.ts";
import { lostEvents } from "../ledger/evidence.ts";
import { outstanding } from "../ledger/socket-events.ts";
import type { Binding, Ledger, Socket } from "../ledger/state.ts";
import { pinnedBytes } from "./report.ts";

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

/** After these events a value is never left for later: the point must be of that moment. */
const isTurn = having("family", "life");

export class Sampler {
  /** What did not change for this long is told once, with its highest value meanwhile; ns. */
  step = FIRST_STEP_NS;
  readonly #to: Points;
  readonly #last = new Map<Socket | Binding, Point>();
  /** Sockets that changed since the last sample, and the most they held meanwhile. */
  readonly #changed = new Map<Socket, number>();
  #due = 0;

  constructor(to: Points) {
    this.#to = to;
  }

  /** Takes one event in, which was applied to the ledger already. */
  take(event: Event, ledger: Ledger): void {
    const socket = socketOf(ledger, event);
    if (socket) this.#changed.set(socket, Math.max(this.#changed.get(socket) ?? 0, heldBy(ledger, socket)));
    if (isTurn(event) && !socket) this.#catchUp(ledger);
    if (isTurn(event)) this.#sample(ledger, event.t, ledger.bindings);
    else if (event.t >= this.#due) this.#sample(ledger, event.t, []);
  }

  /** Manual mode: a sweep, and a return through another socket, move sockets that no line speaks of. */
  #catchUp(ledger: Ledger): void {
    for (const socket of ledger.sockets) {
      const last = this.#last.get(socket);
      const now = heldBy(ledger, socket);
      if (last && now !== last.held) this.#changed.set(socket, now);
    }
  }

  #sample(ledger: Ledger, t: number, turned: Binding[]): void {
    const bindings = new Set(turned);
    for (const [socket, most] of this.#changed) {
      if (!this.#last.has(socket) && socket.born > 0)
        this.#tell(socket, { t: socket.born, held: 0, pinned: 0 });
      const now = { t, held: heldBy(ledger, socket), pinned: pinnedOf(ledger, socket) };
      if (most > now.held && most > (this.#last.get(socket)?.held ?? 0))
        this.#tell(socket, { ...now, held: most });
      this.#tell(socket, now);
      for (const { binding } of socket.shares) bindings.add(binding);
    }
    for (const binding of bindings) this.#tell(binding, bindingPoint(ledger, binding, t));
    this.#changed.clear();
    this.#due = t + this.step;
  }

  #tell(of: Socket | Binding, point: Point): void {
    const last = this.#last.get(of);
    if (last && last.held === point.held && last.pinned === point.pinned) return;
    this.#last.set(of, point);
    if ("sk" in of) this.#to.socket(of, point);
    else this.#to.binding(of, point);
  }
}

function bindingPoint(ledger: Ledger, binding: Binding, t: number): Point {
  const tokens = binding.freedAt >= 0 ? 0 : Math.max(binding.outstanding, listed(ledger, binding));
  const pinned = tokens * binding.pageSize;
  return { t, held: tokens, pinned: binding.bytes > 0 ? Math.min(pinned, binding.bytes) : pinned };
}

/** Level tokens: what the sockets that received from this binding alone hold by their lists of tokens. */
function listed(ledger: Ledger, binding: Binding): number {
  if (!isListed(ledger)) return 0;
  const own = [...ledger.current.values()].filter((s) =>
    s.shares.every((share) => share.binding === binding),
  );
  return own.reduce((sum, socket) => sum + (socket.shares.length > 0 ? heldBy(ledger, socket) : 0), 0);
}

/** The socket an event speaks of. A destroyed one is near the end of the list when its last line comes. */
export function socketOf(ledger: Ledger, event: Event): Socket | undefined {
  if (!("sk" in event)) return undefined;
  return ledger.current.get(event.sk) ?? ledger.sockets.findLast((s) => s.sk === event.sk);
}

/** Level tokens knows each token before its batch is summed; with losses only the sums are right. */
function isListed(ledger: Ledger): boolean {
  return ledger.header.level === "tokens" && lostEvents(ledger) === 0;
}

function heldBy(ledger: Ledger, socket: Socket): number {
  const byList = isListed(ledger) && socket.mode !== "manual" && socket.closedAt < 0;
  return byList ? socket.tokens.size : Math.max(0, outstanding(socket));
}

function pinnedOf(ledger: Ledger, socket: Socket): number {
  const size = Math.max(0, ...socket.shares.map((share) => share.binding.pageSize));
  if (!isListed(ledger) || socket.mode === "manual" || socket.closedAt >= 0) return pinnedBytes(socket);
  const pages = [...socket.tokens.values()].map((t) => `${t.dmabufId}:${Math.floor(t.offset / size)}`);
  return new Set(pages).size * size;
}
