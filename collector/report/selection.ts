// selection - What of a recording a report shows: a stretch of time, and the sockets that answer to a few filters.

import { EXIT, UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Binding, Changes, Ledger, Socket } from "../ledger/state.ts";
import type { Stream } from "../recording/stream.ts";
import { socketVerdict } from "../verdict/socket-verdict.ts";
import { SOCKET_VERDICTS } from "../verdict/words.ts";
import { type Report, type ReportSelection, reportOf } from "./report.ts";

/** Filters as asked for; what is left out selects everything. `from`, `to`: seconds since the start, or ISO 8601. */
export interface Filters {
  from?: string;
  to?: string;
  pid?: number;
  port?: number;
  dmabuf?: number;
  verdict?: string;
}

/** A recording read to its end: all of it, and what was known at the end of the selected stretch. */
export interface Selected {
  whole: Ledger;
  /** The ledger at the selection's end, holding only the sockets and bindings that were asked for. */
  shown: Ledger;
  /** ns since t0. */
  from: number;
  to: number;
  report: Report;
}

/** Looks at the selected stretch as it goes by: each event, and what it changed. */
export interface Watcher {
  take(event: Event, ledger: Ledger, changes: Changes): void;
}

/**
 * Reads a stream to its end. Verdict and loss are those of the whole recording, whatever is selected: a part of the
 * evidence never makes a firmer verdict. Throws UserError when a time cannot be read.
 */
export async function select(stream: Stream, filters: Filters, ...watchers: Watcher[]): Promise<Selected> {
  const { verdict } = filters;
  if (verdict !== undefined && !SOCKET_VERDICTS.some((known) => known === verdict))
    throw new UserError(`--verdict is one of: ${SOCKET_VERDICTS.join(", ")}.`, EXIT.usage);
  const from = pointInTime(stream.header, filters.from, "--from") ?? 0;
  const end = pointInTime(stream.header, filters.to, "--to");
  if (end !== null && end < from)
    throw new UserError("--to is before --from: nothing lies between them.", EXIT.usage);
  const whole = newLedger(stream.header);
  const then = end === null ? whole : newLedger(stream.header);
  for await (const event of stream.events) {
    if (end === null || event.t <= end) watch(then, event, watchers);
    if (then !== whole) apply(whole, event);
  }
  const to = Math.min(end ?? whole.now, whole.now);
  then.now = Math.max(then.now, to);
  return finish({ whole, then, from, to }, filters);
}

function watch(ledger: Ledger, event: Event, watchers: Watcher[]): void {
  const changes = apply(ledger, event);
  for (const watcher of watchers) watcher.take(event, ledger, changes);
}

interface Read {
  whole: Ledger;
  then: Ledger;
  from: number;
  to: number;
}

function finish({ whole, then, from, to }: Read, filters: Filters): Selected {
  const all = reportOf(whole);
  if (Object.values(filters).every((value) => value === undefined))
    return { whole, shown: whole, from, to, report: all };
  const shown = { ...then, ...choose(then, filters, from) };
  const { verdict, why, lost, lostBy, skippedRuns, gaps, to: end } = all;
  const report = {
    ...reportOf(shown),
    verdict,
    why,
    lost,
    lostBy,
    skippedRuns,
    gaps,
    to: end,
    selection: describe({ whole, then, from, to }, shown, filters),
  };
  return { whole, shown, from, to, report };
}

function absolute({ t0 }: Header, t: number): number | string {
  const sum = BigInt(t0) + BigInt(Math.round(t));
  return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : String(sum);
}

/** A binding is shown with the sockets that received from it; one nobody received from only when no socket is asked for. */
function choose(ledger: Ledger, filters: Filters, from: number): { sockets: Socket[]; bindings: Binding[] } {
  const sockets = ledger.sockets.filter((s) => alive(s.destroyedAt, from) && answers(ledger, s, filters));
  const used = new Set(sockets.flatMap((s) => s.shares.map((share) => share.binding)));
  const { pid, port, dmabuf, verdict } = filters;
  const bySocket = [pid, port, verdict].some((value) => value !== undefined);
  const bindings = ledger.bindings.filter(
    (b) =>
      alive(b.freedAt, from) &&
      (dmabuf === undefined || b.dmabufId === dmabuf) &&
      (!bySocket || used.has(b) || b.pid === pid),
  );
  return { sockets, bindings };
}

function alive(endedAt: number, from: number): boolean {
  return endedAt < 0 || endedAt >= from;
}

/** What is not known of a socket (its first line was lost) does not exclude it: it may be the one. */
function answers(ledger: Ledger, socket: Socket, { pid, port, dmabuf, verdict }: Filters): boolean {
  const pids = [socket.pid, socket.closePid].filter((known) => known !== 0);
  const ports = [socket.local, socket.remote].filter((known) => known !== "").map(portOf);
  const dmabufs = socket.shares.map((share) => share.binding.dmabufId);
  return (
    isAmong(pid, pids) &&
    isAmong(port, ports) &&
    isAmong(dmabuf, dmabufs) &&
    (verdict === undefined || socketVerdict(ledger, socket).verdict === verdict)
  );
}

function isAmong(wanted: number | undefined, known: number[]): boolean {
  return wanted === undefined || known.length === 0 || known.includes(wanted);
}

function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}

function describe({ whole, from, to }: Read, shown: Ledger, filters: Filters): ReportSelection {
  const { pid, port, dmabuf, verdict } = filters;
  return {
    filters: Object.fromEntries(
      Object.entries({ pid, port, dmabuf, verdict }).filter(([, value]) => value !== undefined),
    ) as ReportSelection["filters"],
    ...{ from: absolute(whole.header, from), to: absolute(whole.header, to) },
    ...{ sockets: shown.sockets.length, ofSockets: whole.sockets.length },
    ...{ bindings: shown.bindings.length, ofBindings: whole.bindings.length },
  };
}

/** Seconds since the start, or wall-clock time, as ns since t0; null when not asked for. */
export function pointInTime({ wall }: Header, text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e9);
  const t = /^\d{4}-\d\d-\d\dT/.test(text) ? (Date.parse(text) - Date.parse(wall)) * 1e6 : Number.NaN;
  if (Number.isFinite(t)) return t;
  throw new UserError(
    `${option} ${JSON.stringify(text)} is no time: give seconds since the start (12.5), or a date and time (2026-01-31T12:00:00Z).`,
    EXIT.usage,
  );
}
