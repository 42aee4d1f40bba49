// model - What the user chose. Nothing in it comes from the traced side except the ids of rows.

/** The panes in the order of their tabs; panes/panes.ts has an entry for each. */
export const PANE_NAMES = ["sockets", "leaks", "bindings", "profile", "log"] as const;
export type PaneName = (typeof PANE_NAMES)[number];

/** Columns that sockets can be sorted by. Numbers start with the largest, words with the first of the alphabet. */
export const SORTS = [
  "outstanding",
  "pinned",
  "issued/s",
  "returned/s",
  "oldest",
  "held at close",
  "verdict",
  "pid",
  "comm",
  "local",
  "remote",
] as const;
export type Sort = (typeof SORTS)[number];

/** Text being typed, and what it is typed for. */
export interface Prompt {
  for: "filter" | "jump";
  text: string;
}

export interface Model {
  pane: PaneName;
  /** Id of the socket that is open in detail; null while the pane itself is shown. */
  detail: string | null;
  help: boolean;
  prompt: Prompt | null;
  /** Rows must contain this text, in any case; empty: all rows. */
  filter: string;
  sort: Sort;
  reversed: boolean;
  /** Id of the row the cursor is on, per pane; without one it is where the pane starts. */
  cursor: Partial<Record<PaneName, string | null>>;
  /** First line shown of a text: help, a socket in detail, the profile. */
  scroll: number;
  paused: boolean;
  /** Addresses are hidden. */
  privacy: boolean;
  /** Result of the last key, shown until the next one; empty: none. */
  message: string;
}

/** What a user sees first. */
export function newModel(): Model {
  return {
    pane: "sockets",
    detail: null,
    help: false,
    prompt: null,
    filter: "",
    sort: "outstanding",
    reversed: false,
    cursor: {},
    scroll: 0,
    paused: false,
    privacy: false,
    message: "",
  };
}
