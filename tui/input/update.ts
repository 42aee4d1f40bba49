// update - (model, key) → model, and what the shell must do for it. Pure: nothing is drawn, read or written here.

import type { ListPane, Row, Target } from "../panes/pane.ts";
import { type Model, PANE_NAMES, type PaneName, type Prompt, SORTS } from "../state/model.ts";
import { type Action, actionOf, type Choice, type Move, type ReplayAction } from "./keys.ts";

/** What only the shell can do. */
export type Effect =
  | { do: "quit" }
  | { do: "save" }
  | { do: "play" }
  | { do: "seek"; what: "event" | "leak"; direction: 1 | -1 }
  | { do: "jump"; to: string }
  | { do: "speed"; factor: number };

/** What a key needs to know about the screen it was pressed on. */
export interface Context {
  /** Rows in the order shown; none where a text is shown. */
  rows: Row[];
  /** Index of the row with the cursor. */
  cursor: number;
  /** Where the cursor is until the user moves it. */
  start: ListPane["start"];
  /** What Enter opens on a row; null: nothing. */
  open(id: string): Target | null;
  /** Rows or lines that fit. */
  page: number;
  /** Moves scroll a text instead of moving a cursor. */
  scrolls: boolean;
  /** Largest useful `scroll`. */
  scrollMax: number;
  /** A recording is replayed. */
  replay: boolean;
}

export interface Step {
  model: Model;
  effect: Effect | null;
}

/** The step that a key leads to. A key that does nothing here changes nothing. */
export function update(model: Model, key: string, context: Context): Step {
  const quiet = { ...model, message: "" };
  if (model.prompt && key !== "C-c") return typed(quiet, model.prompt, key);
  const action = actionOf(key);
  return action ? act(quiet, action, context) : { model, effect: null };
}

const only = (model: Model): Step => ({ model, effect: null });

const MAX_TYPED = 100;

function typed(model: Model, prompt: Prompt, key: string): Step {
  switch (key) {
    case "escape":
      return only({ ...model, prompt: null, filter: prompt.for === "filter" ? "" : model.filter });
    case "enter":
      return entered({ ...model, prompt: null }, prompt);
    case "backspace":
      return only(edited(model, prompt, prompt.text.slice(0, -1)));
    case "C-u":
      return only(edited(model, prompt, ""));
    case "space":
      return only(appended(model, prompt, " "));
    default:
      return only(key.length === 1 ? appended(model, prompt, key) : model);
  }
}

function appended(model: Model, prompt: Prompt, character: string): Model {
  return prompt.text.length < MAX_TYPED ? edited(model, prompt, prompt.text + character) : model;
}

/** The rows follow the filter while it is typed. */
function edited(model: Model, prompt: Prompt, text: string): Model {
  const filter = prompt.for === "filter" ? text : model.filter;
  return { ...model, prompt: { ...prompt, text }, filter };
}

function entered(model: Model, prompt: Prompt): Step {
  if (prompt.for === "filter" || prompt.text === "") return only(model);
  return { model, effect: { do: "jump", to: prompt.text } };
}

function act(model: Model, action: Action, context: Context): Step {
  if (typeof action === "object") return only(shown(model, action.show));
  switch (action) {
    case "quit":
    case "save":
      return { model, effect: { do: action } };
    case "pause":
      return pause(model, context);
    case "stepForward":
    case "stepBack":
    case "nextLeak":
    case "previousLeak":
    case "jump":
    case "faster":
    case "slower":
      return context.replay ? replay(model, action) : only({ ...model, message: NOT_A_REPLAY });
    case "down":
    case "up":
    case "pageDown":
    case "pageUp":
    case "first":
    case "last":
      return only(move(model, action, context));
    default:
      return only(choose(model, action, context));
  }
}

const NOT_A_REPLAY = "This key works in a replay: devmem-trace replay FILE";

/** A replay that stands still plays on. */
function pause(model: Model, { replay }: Context): Step {
  const effect: Effect | null = replay && model.paused ? { do: "play" } : null;
  return { model: { ...model, paused: !model.paused }, effect };
}

function replay(model: Model, action: ReplayAction): Step {
  switch (action) {
    case "stepForward":
      return seek(model, "event", 1);
    case "stepBack":
      return seek(model, "event", -1);
    case "nextLeak":
      return seek(model, "leak", 1);
    case "previousLeak":
      return seek(model, "leak", -1);
    case "jump":
      return only({ ...model, prompt: { for: "jump", text: "" } });
    case "faster":
      return { model, effect: { do: "speed", factor: 2 } };
    case "slower":
      return { model, effect: { do: "speed", factor: 0.5 } };
    default:
      return action satisfies never;
  }
}

function seek(model: Model, what: "event" | "leak", direction: 1 | -1): Step {
  return { model: { ...model, paused: true }, effect: { do: "seek", what, direction } };
}

function choose(model: Model, action: Choice, context: Context): Model {
  switch (action) {
    case "privacy":
      return { ...model, privacy: !model.privacy };
    case "help":
      return { ...model, help: !model.help, scroll: 0 };
    case "filter":
      return { ...model, help: false, detail: null, prompt: { for: "filter", text: model.filter } };
    case "sort":
      return { ...model, sort: nextSort(model.sort), reversed: false };
    case "reverse":
      return { ...model, reversed: !model.reversed };
    case "back":
      return back(model);
    case "open":
      return open(model, context);
    case "nextPane":
      return shown(model, neighbour(model.pane, 1));
    case "previousPane":
      return shown(model, neighbour(model.pane, -1));
    default:
      return action satisfies never;
  }
}

function nextSort(sort: Model["sort"]): Model["sort"] {
  return SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length] ?? sort;
}

function neighbour(pane: PaneName, by: 1 | -1): PaneName {
  const count = PANE_NAMES.length;
  return PANE_NAMES[(PANE_NAMES.indexOf(pane) + by + count) % count] ?? pane;
}

function shown(model: Model, pane: PaneName): Model {
  return { ...model, pane, detail: null, help: false, scroll: 0 };
}

/** One step back: from the help, then from a socket in detail, then from the filter. */
function back(model: Model): Model {
  if (model.help) return { ...model, help: false, scroll: 0 };
  if (model.detail !== null) return { ...model, detail: null, scroll: 0 };
  return { ...model, filter: "" };
}

function open(model: Model, context: Context): Model {
  const id = context.rows[context.cursor]?.id;
  if (model.help || model.detail !== null || id === undefined) return model;
  const target = context.open(id);
  if (target === null) return model;
  if ("socket" in target) return { ...model, detail: target.socket, scroll: 0 };
  return { ...shown(model, "sockets"), filter: target.filter };
}

function move(model: Model, action: Move, context: Context): Model {
  const { rows, cursor, page, scrolls, scrollMax } = context;
  if (scrolls) return { ...model, scroll: moved(model.scroll, action, page, scrollMax) };
  const to = moved(cursor, action, page, rows.length - 1);
  return { ...model, cursor: { ...model.cursor, [model.pane]: pickedId(to, context) } };
}

/** null at the last row of a list that grows there: the cursor then follows the newest row. */
function pickedId(index: number, { rows, start }: Context): string | null {
  const atEnd = start === "last" && index === rows.length - 1;
  return atEnd ? null : (rows[index]?.id ?? null);
}

function moved(from: number, action: Move, page: number, last: number): number {
  const by = { down: 1, up: -1, pageDown: page, pageUp: -page, first: -from, last }[action];
  return Math.max(0, Math.min(last, from + by));
}
