// update - (model, key) → model, and what the shell has to do for it. Pure: nothing is drawn, read or written here.

import { type Model, SORTS, VIEWS, type ViewName } from "../state/model.ts";
import { type Action, actionOf } from "./keys.ts";

/** What only the shell can do. */
export type Effect =
  | { do: "quit" }
  | { do: "write" }
  | { do: "play" }
  | { do: "seek"; what: "event" | "leak"; direction: 1 | -1 }
  | { do: "jump"; to: string }
  | { do: "speed"; factor: number };

/** What a key needs to know of the screen it was pressed on. */
export interface Context {
  /** What is listed, in the order shown. */
  rows: { id: string }[];
  /** The socket a row stands for; null where it stands for none. */
  socketOf(id: string): string | null;
  /** The filter that shows the sockets of a row of the bindings; null elsewhere. */
  filterOf(id: string): string | null;
  /** Rows or lines that fit. */
  page: number;
  /** Largest useful `scroll`. */
  scrollMax: number;
  replay: boolean;
}

export interface Step {
  model: Model;
  effect: Effect | null;
}

const MAX_TYPED = 100;

/** What a key makes of the model. A key that does nothing here changes nothing. */
export function update(model: Model, key: string, context: Context): Step {
  const quiet = { ...model, message: "" };
  if (model.prompt && key !== "C-c") return typed(quiet, key);
  const action = actionOf(key);
  return action ? act(quiet, action, context) : { model, effect: null };
}

const only = (model: Model): Step => ({ model, effect: null });

function typed(model: Model, key: string): Step {
  const prompt = model.prompt as NonNullable<Model["prompt"]>;
  const text = key === "space" ? " " : key;
  if (key === "escape")
    return only({ ...model, prompt: null, ...(prompt.for === "filter" && { filter: "" }) });
  if (key === "enter") return entered({ ...model, prompt: null }, prompt);
  if (key === "backspace") return only(editing(model, prompt.text.slice(0, -1)));
  if (key === "C-u") return only(editing(model, ""));
  return text.length === 1 && prompt.text.length < MAX_TYPED
    ? only(editing(model, prompt.text + text))
    : only(model);
}

/** The rows follow the filter while it is typed. */
function editing(model: Model, text: string): Model {
  const prompt = model.prompt as NonNullable<Model["prompt"]>;
  return { ...model, prompt: { ...prompt, text }, ...(prompt.for === "filter" && { filter: text }) };
}

function entered(model: Model, { for: what, text }: NonNullable<Model["prompt"]>): Step {
  if (what === "filter" || text === "") return only(model);
  return { model, effect: { do: "jump", to: text } };
}

function act(model: Model, action: Action, context: Context): Step {
  switch (action) {
    case "quit":
    case "write":
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
    default:
      return only(chosen(model, action, context));
  }
}

const NOT_A_REPLAY = "That key moves through a recording: devmem-trace replay FILE";

function pause(model: Model, { replay }: Context): Step {
  return {
    model: { ...model, paused: !model.paused },
    effect: replay && model.paused ? { do: "play" } : null,
  };
}

type ReplayAction = "stepForward" | "stepBack" | "nextLeak" | "previousLeak" | "jump" | "faster" | "slower";

function replay(model: Model, action: ReplayAction): Step {
  const still = { ...model, paused: true };
  switch (action) {
    case "stepForward":
      return { model: still, effect: { do: "seek", what: "event", direction: 1 } };
    case "stepBack":
      return { model: still, effect: { do: "seek", what: "event", direction: -1 } };
    case "nextLeak":
      return { model: still, effect: { do: "seek", what: "leak", direction: 1 } };
    case "previousLeak":
      return { model: still, effect: { do: "seek", what: "leak", direction: -1 } };
    case "jump":
      return only({ ...model, prompt: { for: "jump", text: "" } });
    case "faster":
      return { model, effect: { do: "speed", factor: 2 } };
    case "slower":
      return { model, effect: { do: "speed", factor: 0.5 } };
  }
}

function chosen(
  model: Model,
  action: Exclude<Action, ReplayAction | "quit" | "write" | "pause">,
  context: Context,
): Model {
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
    case "nextView":
      return show(model, beside(model.view, 1));
    case "previousView":
      return show(model, beside(model.view, -1));
    case "sockets":
    case "leaks":
    case "bindings":
    case "profile":
    case "log":
      return show(model, action);
    default:
      return move(model, action, context);
  }
}

function nextSort(sort: Model["sort"]): Model["sort"] {
  return SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length] ?? sort;
}

function beside(view: ViewName, by: 1 | -1): ViewName {
  return VIEWS[(VIEWS.indexOf(view) + by + VIEWS.length) % VIEWS.length] ?? view;
}

function show(model: Model, view: ViewName): Model {
  return { ...model, view, detail: null, help: false, scroll: 0 };
}

/** One step back: help, then drill-down, then the filter. */
function back(model: Model): Model {
  if (model.help) return { ...model, help: false, scroll: 0 };
  if (model.detail !== null) return { ...model, detail: null, scroll: 0 };
  return { ...model, filter: "" };
}

function open(model: Model, context: Context): Model {
  const id = context.rows[cursorIndex(model, context.rows)]?.id;
  if (model.help || model.detail !== null || id === undefined) return model;
  const detail = context.socketOf(id);
  if (detail !== null) return { ...model, detail, scroll: 0 };
  const filter = context.filterOf(id);
  return filter === null ? model : { ...show(model, "sockets"), filter };
}

/** Where the cursor is among the rows: on its own, else on the first one, in the log on the newest. */
export function cursorIndex(model: Model, rows: { id: string }[]): number {
  const wanted = model.cursor[model.view];
  const at = wanted === null ? -1 : rows.findIndex(({ id }) => id === wanted);
  if (at >= 0) return at;
  return model.view === "log" ? Math.max(0, rows.length - 1) : 0;
}

type Move = "down" | "up" | "pageDown" | "pageUp" | "first" | "last";

function move(model: Model, action: Move, context: Context): Model {
  const scrolls = model.help || model.detail !== null || model.view === "profile";
  if (scrolls) return { ...model, scroll: moved(model.scroll, action, context.page, context.scrollMax) };
  const last = context.rows.length - 1;
  const to = moved(cursorIndex(model, context.rows), action, context.page, last);
  // The end of the log moves on: the cursor stays there as long as nothing is picked.
  const id = model.view === "log" && to === last ? null : (context.rows[to]?.id ?? null);
  return { ...model, cursor: { ...model.cursor, [model.view]: id } };
}

function moved(from: number, action: Move, page: number, last: number): number {
  const by = { down: 1, up: -1, pageDown: page, pageUp: -page, first: -from, last }[action];
  return Math.max(0, Math.min(last, from + by));
}
