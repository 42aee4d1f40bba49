// history - What each socket held over the last minute, by event time: rates and sparklines. Bounded in memory.

import { type Event, having } from "../../collector/events/event.ts";
import { outstanding } from "../../collector/ledger/sockets/socket.ts";
import type { Changes } from "../../collector/ledger/state/ledger.ts";
import type { Socket } from "../../collector/ledger/state/socket-and-binding.ts";

/** A socket's totals at time t, ns since t0. */
export interface Point {
  t: number;
  issued: number;
  returned: number;
  outstanding: number;
}

/** Points by socket id, each list oldest first. */
export type History = Map<string, Point[]>;

/** One minute of an active socket: the probes print two lines per second of it. */
const MAX_POINTS = 128;
/** As many sockets as the probes' maps hold. */
const MAX_SOCKETS = 4096;
const POINT_GAP_NS = 2e8;
const RATE_WINDOW_NS = 2e9;
/** Over less time than this, a socket's first batch would look like a very high rate. */
const RATE_LEAST_NS = 5e8;

const isToken = having("family", "token");

/** Adds the totals of the socket that `event` is about, after it was applied to the ledger. */
export function remember(history: History, event: Event, { socket }: Changes): void {
  if (socket && !isToken(event)) addPoint(history, socket, event);
}

/** Running totals that follow each other closely become one point; a close or a destroy is always one of its own. */
function addPoint(history: History, socket: Socket, { kind, t }: Event): void {
  const point = { t, issued: socket.issued, returned: socket.returned, outstanding: outstanding(socket) };
  const points = history.get(socket.id);
  if (!points) return start(history, socket, point);
  const last = points.at(-1) as Point;
  if (kind === "count" && points.length > 1 && t - last.t < POINT_GAP_NS)
    points[points.length - 1] = { ...point, t: last.t };
  else points.push(point);
  if (points.length > MAX_POINTS) points.shift();
}

function start(history: History, socket: Socket, point: Point): void {
  const empty = { t: socket.born || point.t, issued: 0, returned: 0, outstanding: 0 };
  const known = socket.born > 0 ? [empty, point] : [point];
  history.set(socket.id, known);
  const [oldest] = history.keys();
  if (history.size > MAX_SOCKETS && oldest !== undefined) history.delete(oldest);
}

/** Tokens issued and returned per second over the two seconds before `now`. */
export function rates(points: Point[] | undefined, now: number): { issued: number; returned: number } {
  const last = points?.at(-1);
  const base = points && (before(points, now - RATE_WINDOW_NS) ?? points[0]);
  if (!last || !base || last.t < now - RATE_WINDOW_NS) return { issued: 0, returned: 0 };
  const seconds = Math.max(RATE_LEAST_NS, now - base.t) / 1e9;
  return {
    issued: Math.max(0, last.issued - base.issued) / seconds,
    returned: Math.max(0, last.returned - base.returned) / seconds,
  };
}

/** The most tokens outstanding in each of `count` stretches of `step` ns, the last one ending at `now`. */
export function trend(points: Point[] | undefined, now: number, count: number, step: number): number[] {
  const values = new Array<number>(count).fill(0);
  if (!points) return values;
  const start = now - count * step;
  let held = before(points, start)?.outstanding ?? 0;
  let next = points.findIndex(({ t }) => t > start);
  for (let i = 0; i < count; i++) {
    let most = held;
    for (; next >= 0 && next < points.length && (points[next] as Point).t <= start + (i + 1) * step; next++) {
      held = (points[next] as Point).outstanding;
      most = Math.max(most, held);
    }
    values[i] = Math.max(0, most);
  }
  return values;
}

/** The newest point not after `t`. */
function before(points: Point[], t: number): Point | undefined {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as Point).t <= t) low = middle + 1;
    else high = middle;
  }
  return points[low - 1];
}
