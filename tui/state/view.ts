// view - Everything that a pane may read: the state of the source, the user's choices, and the rows that follow from both.

import { runVerdict } from "../../collector/verdict/run-verdict.ts";
import type { RunVerdict, Verdict } from "../../collector/verdict/words.ts";
import type { Glyphs } from "../draw/glyphs.ts";
import type { Model } from "./model.ts";
import { type BindingRow, bindingRows, type LeakRow, leakRows, type SocketRow, socketRows } from "./rows.ts";
import type { ScreenState } from "./screen-state.ts";

/** How far the stream is. */
export type Phase =
  | { is: "waiting"; sentences: string[] }
  | { is: "running" }
  /** `why` is empty when the stream ended on purpose. */
  | { is: "ended"; why: string }
  /** `cannot`: this host cannot be traced, whatever the user does now. */
  | { is: "failed"; why: string; cannot: boolean };

/** The position of a replay, ns since t0. */
export interface ReplayPosition {
  t: number;
  end: number;
  /** Recorded seconds per second. */
  speed: number;
}

/** What a source has to show. */
export interface SourceStatus {
  /** Name of the source as the user knows it, e.g. "this host". */
  source: string;
  phase: Phase;
  /** null until the stream's header has arrived. */
  state: ScreenState | null;
  /** null unless a recording is replayed. */
  replay: ReplayPosition | null;
  /** A problem beside the stream itself, e.g. its recording cannot be written; empty: none. */
  warning: string;
}

export interface View extends SourceStatus {
  /** Events since the screen was paused. */
  missed: number;
  model: Model;
  glyphs: Glyphs;
  /** Rows are empty until the header has arrived. */
  sockets: SocketRow[];
  bindings: BindingRow[];
  leaks: LeakRow[];
  verdict: Verdict<RunVerdict>;
}

/** A view with something to show. */
export type LiveView = View & { state: ScreenState };

/** Whether the stream's header has arrived. */
export function isLive(view: View): view is LiveView {
  return view.state !== null;
}

/** Derives all rows once; panes only read them. `missed`: events since the screen was paused. */
export function viewOf(status: SourceStatus, model: Model, glyphs: Glyphs, missed = 0): View {
  const { state } = status;
  const sockets = state ? socketRows(state) : [];
  const bindings = state ? bindingRows(state) : [];
  const leaks = leakRows(sockets, bindings);
  const verdict = state ? runVerdict(state.ledger, sockets, bindings) : NO_VERDICT;
  return { ...status, missed, model, glyphs, sockets, bindings, leaks, verdict };
}

const NO_VERDICT: Verdict<RunVerdict> = { verdict: "inconclusive", why: "" };

/** Calls `derive` once per view: a frame asks for its rows more than once. */
export function oncePerView<T>(derive: (view: LiveView) => T): (view: LiveView) => T {
  const known = new WeakMap<LiveView, { rows: T }>();
  return (view) => {
    const found = known.get(view) ?? { rows: derive(view) };
    known.set(view, found);
    return found.rows;
  };
}
