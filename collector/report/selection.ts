// selection - What part of a recording a report shows: a stretch of time, and the sockets that match the filters.

import { EXIT, UserError } from "../base/errors.ts";
import type { Event, Header } from "../events/event.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import type { Stream } from "../recording/stream.ts";
import { type Filters, givenFilters, isFiltered, matching, refuseUnknownVerdict } from "./filters.ts";
import { reportOf } from "./report.ts";
import type { Report, ReportSelection } from "./shape.ts";
import { pointInTime, toTime } from "./time.ts";

/** A recording read to its end: all of it, and what was known at the end of the selected stretch. */
export interface Selected {
  whole: Ledger;
  /** The ledger at the end of the selection, with only the selected sockets and bindings. */
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
 * Reads a stream to its end. Verdict and loss are those of the whole recording, whatever is selected: part of the evidence
 * never makes a firmer verdict. Throws UserError (exit 2) for a filter that makes no sense.
 */
export async function select(stream: Stream, filters: Filters, ...watchers: Watcher[]): Promise<Selected> {
  refuseUnknownVerdict(filters);
  const { from, end } = stretchOf(stream.header, filters);
  const whole = newLedger(stream.header);
  const then = end === null ? whole : newLedger(stream.header);
  for await (const event of stream.events) {
    if (end === null || event.t <= end) watch(then, event, watchers);
    if (then !== whole) apply(whole, event);
  }
  const to = Math.min(end ?? whole.now, whole.now);
  then.now = Math.max(then.now, to);
  return selected({ whole, then, from, to }, filters);
}

/** ns since t0; `end` null: to the end of the recording. */
function stretchOf(header: Header, filters: Filters): { from: number; end: number | null } {
  const from = pointInTime(header, filters.from, "--from") ?? 0;
  const end = pointInTime(header, filters.to, "--to");
  if (end !== null && end < from)
    throw new UserError("--to is before --from: there is nothing between them.", EXIT.usage);
  return { from, end };
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

function selected(read: Read, filters: Filters): Selected {
  const { whole, then, from, to } = read;
  const all = reportOf(whole);
  if (!isFiltered(filters)) return { whole, shown: whole, from, to, report: all };
  const shown = { ...then, ...matching(then, filters, from) };
  const selection = selectionOf(read, shown, filters);
  return { whole, shown, from, to, report: partOf(all, reportOf(shown), selection) };
}

/** The report of a part: verdict, loss and end are those of all. */
function partOf(all: Report, part: Report, selection: ReportSelection): Report {
  return {
    ...part,
    verdict: all.verdict,
    why: all.why,
    lost: all.lost,
    lostBy: all.lostBy,
    skippedRuns: all.skippedRuns,
    gaps: all.gaps,
    to: all.to,
    selection,
  };
}

function selectionOf({ whole, from, to }: Read, shown: Ledger, filters: Filters): ReportSelection {
  const time = toTime(whole.header);
  return {
    filters: givenFilters(filters),
    from: time(from),
    to: time(to),
    sockets: shown.sockets.length,
    ofSockets: whole.sockets.length,
    bindings: shown.bindings.length,
    ofBindings: whole.bindings.length,
  };
}
