// series - What each socket and binding held over time, in as many points as a chart can show. Bounded in memory.

import type { Binding } from "../bindings.ts";
import type { Event, LostEvent } from "../event.ts";
import { held, type Ledger, lostEvents } from "../ledger.ts";
import { pinnedBytes } from "../report.ts";
import { outstanding, type Socket } from "../sockets.ts";
import type { Watcher } from "./selection.ts";

/** From time t (ns since t0) on: tokens outstanding, bytes pinned. */
export interface Point {
  t: number;
  held: number;
  pinned: number;
}

export interface Series extends Watcher {
  sockets: Map<Socket, Point[]>;
  bindings: Map<Binding, Point[]>;
  losses: LostEvent[];
}

/** A series longer than this is thinned to at most the half: a stretch keeps its highest and its last point. */
const MAX_POINTS = 1024;
const FIRST_STEP_NS = 1e6;
/** Losses beyond these are in the report's sum only. */
const MAX_LOSSES = 100;

/** Lines after which a value is never left for later: a chart must show that moment as it was. */
const TURNS: ReadonlySet<Event["kind"]> = new Set([
  ...(["socket", "manual", "close", "destroy"] as const),
  ...(["bind", "unbind", "free", "swept", "end"] as const),
]);

/** A watcher that keeps the series of everything it sees. */
export function newSeries(): Series {
  const sampler = new Sampler();
  return { ...sampler.series, after: (event, ledger) => sampler.take(event, ledger) };
}

class Sampler {
  readonly series = {
    sockets: new Map<Socket, Point[]>(),
    bindings: new Map<Binding, Point[]>(),
    losses: [] as LostEvent[],
  };
  /** Sockets that changed since the last sample, and the most they held meanwhile. */
  readonly #changed = new Map<Socket, number>();
  #step = FIRST_STEP_NS;
  #due = 0;

  take(event: Event, ledger: Ledger): void {
    if (event.kind === "lost" && this.series.losses.length < MAX_LOSSES) this.series.losses.push(event);
    const socket = socketOf(ledger, event);
    if (socket) this.#changed.set(socket, Math.max(this.#changed.get(socket) ?? 0, heldBy(ledger, socket)));
    if (TURNS.has(event.kind) && !socket) this.#catchUp(ledger);
    if (TURNS.has(event.kind)) this.#sample(ledger, event.t, ledger.bindings);
    else if (event.t >= this.#due) this.#sample(ledger, event.t, []);
  }

  /** Manual mode: a sweep, and a return through another socket, move sockets that no line speaks of. */
  #catchUp(ledger: Ledger): void {
    for (const [socket, points] of this.series.sockets) {
      const now = heldBy(ledger, socket);
      if (now !== points.at(-1)?.held) this.#changed.set(socket, now);
    }
  }

  #sample(ledger: Ledger, t: number, turned: Binding[]): void {
    const bindings = new Set(turned);
    for (const [socket, most] of this.#changed) {
      const points = listOf(this.series.sockets, socket);
      if (points.length === 0 && socket.born > 0) points.push({ t: socket.born, held: 0, pinned: 0 });
      const now = { t, held: heldBy(ledger, socket), pinned: pinnedOf(ledger, socket) };
      if (most > now.held && most > (points.at(-1)?.held ?? 0)) points.push({ ...now, held: most });
      this.#add(points, now);
      for (const { binding } of socket.shares) bindings.add(binding);
    }
    for (const binding of bindings)
      this.#add(listOf(this.series.bindings, binding), bindingPoint(ledger, binding, t));
    this.#changed.clear();
    this.#due = t + this.#step;
  }

  #add(points: Point[], point: Point): void {
    const last = points.at(-1);
    if (last && last.held === point.held && last.pinned === point.pinned) return;
    points.push(point);
    while (points.length > MAX_POINTS) {
      this.#step *= 2;
      thin(points, this.#step);
    }
  }
}

function bindingPoint(ledger: Ledger, binding: Binding, t: number): Point {
  const tokens = binding.freedAt >= 0 ? 0 : Math.max(held(ledger, binding), listed(ledger, binding));
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

function listOf<K>(map: Map<K, Point[]>, key: K): Point[] {
  const known = map.get(key);
  if (known) return known;
  const list: Point[] = [];
  map.set(key, list);
  return list;
}

/** A destroyed socket is near the end of the list when its last line comes. */
function socketOf(ledger: Ledger, event: Event): Socket | undefined {
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

/** Keeps the highest and the last point of each stretch of `step` ns. */
export function thin(points: Point[], step: number): void {
  const kept = points.filter((point, i) => {
    const slot = Math.floor(point.t / step);
    const next = points[i + 1];
    return !next || Math.floor(next.t / step) !== slot || isHighest(points, i, slot, step);
  });
  points.splice(0, points.length, ...kept);
}

function isHighest(points: Point[], at: number, slot: number, step: number): boolean {
  const { held } = points[at] as Point;
  const same = (i: number) => Math.floor((points[i]?.t ?? -1) / step) === slot;
  for (let i = at - 1; i >= 0 && same(i); i--) if ((points[i] as Point).held >= held) return false;
  for (let i = at + 1; i < points.length && same(i); i++) if ((points[i] as Point).held > held) return false;
  return true;
}
