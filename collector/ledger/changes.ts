// changes - The record of what one event changed: made once for a ledger, emptied before and filled by every event.

import type { Changes, Refilled } from "./state/ledger.ts";
import type { Socket } from "./state/socket-and-binding.ts";
import type { Token } from "./state/token.ts";

/** Longer lists than this are not kept for the next event: a return names up to 1024 tokens, but seldom. */
const KEPT_ITEMS = 64;

/** Of a ledger without events. */
export function newChanges(): Changes {
  return {
    socket: null,
    binding: null,
    entered: null,
    leak: false,
    rebased: false,
    difference: "",
    finding: null,
    exhausted: false,
    moved: { count: 0, items: [] },
    issued: { count: 0, items: [] },
    gone: { count: 0, items: [] },
    grown: 0,
  };
}

/** Nothing is changed yet. */
export function clear(changes: Changes): void {
  changes.socket = null;
  changes.binding = null;
  changes.entered = null;
  changes.leak = false;
  changes.rebased = false;
  changes.difference = "";
  changes.finding = null;
  changes.exhausted = false;
  empty(changes.moved);
  empty(changes.issued);
  empty(changes.gone);
  changes.grown = 0;
}

function empty(list: Refilled<unknown>): void {
  list.count = 0;
  if (list.items.length > KEPT_ITEMS) list.items = [];
}

/** Tokens of `socket` moved by an event about another one. */
export function moved({ moved: list }: Changes, socket: Socket): void {
  if (list.count > 0 && list.items[list.count - 1] === socket) return;
  list.items[list.count++] = socket;
}

/** `token` was handed out. */
export function issued({ issued: list }: Changes, token: Token): void {
  list.items[list.count++] = token;
}

/** `token` of `owner` came back. */
export function gone({ gone: list }: Changes, token: Token, owner: Socket): void {
  const known = list.items[list.count];
  if (known) {
    known.token = token;
    known.owner = owner;
  } else list.items.push({ token, owner });
  list.count += 1;
}

/** The items of this event. */
export function itemsOf<Item>({ count, items }: Refilled<Item>): Item[] {
  return items.slice(0, count);
}
