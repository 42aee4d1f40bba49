// keys - The one key table: keys, what they do, and their line of help. The keys of the panes come from the table of panes.

import { PANES } from "../panes/panes.ts";
import { PANE_NAMES, type PaneName } from "../state/model.ts";

/** Moves the cursor, or scrolls. */
export type Move = "down" | "up" | "pageDown" | "pageUp" | "first" | "last";

/** Works in a replay only. */
export type ReplayAction =
  | "stepForward"
  | "stepBack"
  | "nextLeak"
  | "previousLeak"
  | "jump"
  | "faster"
  | "slower";

/** Changes what is shown. */
export type Choice =
  | "help"
  | "back"
  | "open"
  | "filter"
  | "sort"
  | "reverse"
  | "privacy"
  | "nextPane"
  | "previousPane";

export type Action = { show: PaneName } | Move | ReplayAction | Choice | "quit" | "save" | "pause";

interface Binding {
  action: Action;
  /** By the names that screen/screen.ts gives them. */
  keys: string[];
  help: string;
  /** Works in a replay only. */
  replay?: true;
}

const PANE_KEYS: Binding[] = PANE_NAMES.map((name) => ({
  action: { show: name },
  keys: [PANES[name].key],
  help: PANES[name].help,
}));

/** In the order that the help shows them. */
export const KEYS: Binding[] = [
  { action: "quit", keys: ["q", "C-c"], help: "quit and print the report" },
  { action: "help", keys: ["?", "h"], help: "show or hide this help" },
  ...PANE_KEYS,
  { action: "nextPane", keys: ["tab"], help: "next pane" },
  { action: "previousPane", keys: ["S-tab"], help: "previous pane" },
  { action: "down", keys: ["j", "down"], help: "down; the mouse wheel too, where it sends arrow keys" },
  { action: "up", keys: ["k", "up"], help: "up" },
  { action: "pageDown", keys: ["pagedown", "C-f"], help: "one page down" },
  { action: "pageUp", keys: ["pageup", "C-b"], help: "one page up" },
  { action: "first", keys: ["g", "home"], help: "first row" },
  { action: "last", keys: ["G", "end"], help: "last row" },
  { action: "open", keys: ["enter"], help: "open a socket; on a binding: list its sockets" },
  { action: "back", keys: ["escape"], help: "go back; in a list: clear the filter" },
  { action: "filter", keys: ["/"], help: "filter: show only the rows that contain a text" },
  { action: "sort", keys: ["s"], help: "sort sockets by the next column" },
  { action: "reverse", keys: ["S"], help: "reverse the order" },
  { action: "pause", keys: ["space"], help: "pause the screen, not the tracing; in a replay: play or pause" },
  { action: "privacy", keys: ["p"], help: "hide or show addresses" },
  { action: "save", keys: ["w"], help: "save this screen to a text file" },
  { action: "stepForward", keys: ["t"], help: "next event of interest", replay: true },
  { action: "stepBack", keys: ["T"], help: "previous event of interest", replay: true },
  { action: "nextLeak", keys: ["l"], help: "next leak", replay: true },
  { action: "previousLeak", keys: ["L"], help: "previous leak", replay: true },
  { action: "jump", keys: ["J"], help: "jump to a time: 12.5, +5, -5 (seconds) or 50%", replay: true },
  { action: "faster", keys: ["+", "="], help: "double the speed", replay: true },
  { action: "slower", keys: ["-"], help: "halve the speed", replay: true },
];

const BY_KEY = new Map(KEYS.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));

/** What a key does; undefined: nothing. */
export function actionOf(key: string): Action | undefined {
  return BY_KEY.get(key);
}

const NAMES: Record<string, string> = {
  "C-c": "^C",
  "C-f": "^F",
  "C-b": "^B",
  "S-tab": "Shift-Tab",
  tab: "Tab",
  enter: "Enter",
  escape: "Esc",
  pagedown: "PgDn",
  pageup: "PgUp",
  down: "Down",
  up: "Up",
  home: "Home",
  end: "End",
};

/** A key as the help shows it. */
export function keyName(key: string): string {
  return NAMES[key] ?? key;
}
