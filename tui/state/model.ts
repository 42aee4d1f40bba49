// model - What the user chose. Nothing here comes from the traced side but the identities of rows.

export const VIEWS = ["sockets", "leaks", "bindings", "profile", "log"] as const;
export type ViewName = (typeof VIEWS)[number];

/** Columns the sockets can be sorted by; numbers start with the largest, words with the first. */
export const SORTS = [
  ...(["outstanding", "pinned", "issued/s", "returned/s", "oldest", "held at close"] as const),
  ...(["verdict", "pid", "comm", "local", "remote"] as const),
] as const;
export type Sort = (typeof SORTS)[number];

export interface Model {
  view: ViewName;
  /** Socket id of the drill-down; null when the view itself is shown. */
  detail: string | null;
  help: boolean;
  /** Text being typed. */
  prompt: { for: "filter" | "jump"; text: string } | null;
  /** Rows must contain it, whatever its case; empty: all rows. */
  filter: string;
  sort: Sort;
  reversed: boolean;
  /** Row id per view; null: the first row, in the log the newest. */
  cursor: Record<ViewName, string | null>;
  /** First line shown of what is no list: help, drill-down, profile. */
  scroll: number;
  paused: boolean;
  privacy: boolean;
  /** What the last key led to, until the next key; empty: nothing to say. */
  message: string;
}

/** What a user sees first. */
export function newModel(): Model {
  return {
    ...{ view: "sockets", detail: null, help: false, prompt: null, filter: "" },
    ...{ sort: "outstanding", reversed: false, scroll: 0, paused: false, privacy: false, message: "" },
    cursor: { sockets: null, leaks: null, bindings: null, profile: null, log: null },
  };
}
