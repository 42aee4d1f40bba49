// view - Everything a pane may look at: what the shell gives, what the user chose, and what follows from both.

import { runVerdict } from "../../collector/verdict/verdict.ts";
import type { RunVerdict, Verdict } from "../../collector/verdict/words.ts";
import type { Glyphs } from "../draw/glyphs.ts";
import type { Model } from "./model.ts";
import { type BindingRow, bindingRows, type LeakRow, leakRows, type SocketRow, socketRows } from "./rows.ts";
import type { Shown } from "./screen-state.ts";

/** How far the stream is. */
export type Phase =
  | { is: "waiting"; sentences: string[] }
  | { is: "running" }
  /** Over; `why` is empty when it ended on purpose. */
  | { is: "ended"; why: string }
  | { is: "failed"; why: string; cannot: boolean };

/** Where a replay stands, ns since t0. */
export interface ReplayState {
  t: number;
  end: number;
  /** Recorded seconds per second. */
  speed: number;
}

/** What the shell knows. */
export interface Stage {
  /** Where the stream comes from, in the user's words. */
  source: string;
  phase: Phase;
  /** null before the stream's header came. */
  shown: Shown | null;
  /** Events since the screen was paused. */
  missed: number;
  replay: ReplayState | null;
  /** What went wrong beside the stream itself, e.g. its recording; nothing where it is left out or empty. */
  warning?: string;
}

/** A stage without a stream yet has no rows. */
export interface View extends Stage {
  model: Model;
  glyphs: Glyphs;
  sockets: SocketRow[];
  bindings: BindingRow[];
  leaks: LeakRow[];
  verdict: Verdict<RunVerdict>;
}

/** A view with something to show. */
export type LiveView = View & { shown: Shown };

/** Whether the stream's header came. */
export function isLive(view: View): view is LiveView {
  return view.shown !== null;
}

/** Derives all rows once; panes only read. */
export function viewOf(stage: Stage, model: Model, glyphs: Glyphs): View {
  const { shown } = stage;
  const sockets = shown ? socketRows(shown) : [];
  const bindings = shown ? bindingRows(shown) : [];
  const verdict = shown
    ? runVerdict(shown.ledger, sockets, bindings)
    : ({ verdict: "inconclusive", why: "" } as const);
  return { ...stage, model, glyphs, sockets, bindings, leaks: leakRows(sockets, bindings), verdict };
}

/** `derive` worked out once for each view: a frame asks for its rows more than once. */
export function perView<T>(derive: (view: LiveView) => T): (view: LiveView) => T {
  const known = new WeakMap<LiveView, { rows: T }>();
  return (view) => {
    const found = known.get(view) ?? { rows: derive(view) };
    known.set(view, found);
    return found.rows;
  };
}
