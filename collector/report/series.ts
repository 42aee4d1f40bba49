// series - What each socket and binding held over time, in no more points than a chart can show. Bounded in memory.

import type { LostEvent } from "../events/event.ts";
import type { Binding, Socket } from "../ledger/state/socket-and-binding.ts";
import { type Point, Sampler } from "./sampler.ts";
import type { Watcher } from "./selection.ts";

export interface Series extends Watcher {
  sockets: Map<Socket, Point[]>;
  bindings: Map<Binding, Point[]>;
  losses: LostEvent[];
}

/** A longer series is thinned to at most half: each stretch keeps its highest and its last point. */
const MAX_POINTS = 1024;
/** Losses beyond these count in the report's sum only. */
const MAX_LOSSES = 100;

/** A watcher that keeps the series of everything it sees. */
export function newSeries(): Series {
  const series = { sockets: new Map(), bindings: new Map(), losses: [] as LostEvent[] };
  const sampler: Sampler = new Sampler({
    socket: (socket, point) => add(listOf(series.sockets, socket), point, sampler),
    binding: (binding, point) => add(listOf(series.bindings, binding), point, sampler),
  });
  return {
    ...series,
    take(event, ledger, changes) {
      if (event.kind === "lost" && series.losses.length < MAX_LOSSES) series.losses.push(event);
      sampler.take(event, ledger, changes);
    },
  };
}

function add(points: Point[], point: Point, sampler: Sampler): void {
  points.push(point);
  while (points.length > MAX_POINTS) {
    sampler.step *= 2;
    thin(points, sampler.step);
  }
}

function listOf<K>(map: Map<K, Point[]>, key: K): Point[] {
  const known = map.get(key);
  if (known) return known;
  const list: Point[] = [];
  map.set(key, list);
  return list;
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
