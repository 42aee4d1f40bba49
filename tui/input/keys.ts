// keys - The one key table: keys, what they do, and the line of help that says so.

export type Action =
  | ("quit" | "help" | "back" | "open" | "filter" | "sort" | "reverse" | "pause" | "privacy" | "write")
  | ("down" | "up" | "pageDown" | "pageUp" | "first" | "last" | "nextView" | "previousView")
  | ("sockets" | "leaks" | "bindings" | "profile" | "log")
  | ("stepForward" | "stepBack" | "nextLeak" | "previousLeak" | "jump" | "faster" | "slower");

interface Binding {
  action: Action;
  /** As screen.ts names them. */
  keys: string[];
  help: string;
  /** Only while a recording is replayed. */
  replay?: true;
}

/** In the order the help shows them. */
export const KEYS: Binding[] = [
  { action: "quit", keys: ["q", "C-c"], help: "leave; the report is printed" },
  { action: "help", keys: ["?", "h"], help: "this help" },
  { action: "sockets", keys: ["1"], help: "sockets: who holds how many tokens" },
  { action: "leaks", keys: ["2"], help: "leaks: every close that held tokens, newest first" },
  { action: "bindings", keys: ["3"], help: "bindings: dma-bufs, pages pinned and free" },
  { action: "profile", keys: ["4"], help: "profile: hold times, sizes, returns" },
  { action: "log", keys: ["5"], help: "log: errors, losses, binds and closes" },
  { action: "nextView", keys: ["tab"], help: "next view" },
  { action: "previousView", keys: ["S-tab"], help: "view before" },
  {
    action: "down",
    keys: ["j", "down"],
    help: "down; the wheel too, where the terminal sends arrows for it",
  },
  { action: "up", keys: ["k", "up"], help: "up" },
  { action: "pageDown", keys: ["pagedown", "C-f"], help: "a page down" },
  { action: "pageUp", keys: ["pageup", "C-b"], help: "a page up" },
  { action: "first", keys: ["g", "home"], help: "first row" },
  { action: "last", keys: ["G", "end"], help: "last row" },
  { action: "open", keys: ["enter"], help: "one socket's life; on a binding: its sockets" },
  { action: "back", keys: ["escape"], help: "back; clears the filter" },
  { action: "filter", keys: ["/"], help: "filter: rows that contain a text" },
  { action: "sort", keys: ["s"], help: "sort sockets by the next column" },
  { action: "reverse", keys: ["S"], help: "the other way round" },
  { action: "pause", keys: ["space"], help: "pause the screen, not the tracing; in a replay: play, pause" },
  { action: "privacy", keys: ["p"], help: "hide or show addresses" },
  { action: "write", keys: ["w"], help: "write this screen to a file" },
  { action: "stepForward", keys: ["t"], help: "next event of interest", replay: true },
  { action: "stepBack", keys: ["T"], help: "event of interest before", replay: true },
  { action: "nextLeak", keys: ["l"], help: "next leak", replay: true },
  { action: "previousLeak", keys: ["L"], help: "leak before", replay: true },
  { action: "jump", keys: ["J"], help: "jump: 12.5, +5, -5 (seconds) or 50%", replay: true },
  { action: "faster", keys: ["+", "="], help: "twice as fast", replay: true },
  { action: "slower", keys: ["-"], help: "half as fast", replay: true },
];

const BY_KEY = new Map(KEYS.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));

/** What a key does; undefined when it does nothing. */
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

/** A key as help shows it. */
export function keyName(key: string): string {
  return NAMES[key] ?? key;
}
