// filter - Which rows the typed filter keeps, and which part of a text may be shown.

import { cell, hideAddresses } from "../draw/cell-text.ts";
import type { Entry } from "./journal.ts";
import type { Model } from "./model.ts";
import { type BindingRow, bindingName, type LeakRow, type SocketRow } from "./rows.ts";

/** The rows whose words contain the filter, in any case. What is hidden is not found. */
export function filtered<R>(rows: R[], model: Model, words: (row: R) => string): R[] {
  if (model.filter === "") return rows;
  const wanted = model.filter.toLowerCase();
  return rows.filter((row) => visible(words(row), model).toLowerCase().includes(wanted));
}

/** A text without its addresses while they are hidden. */
export function visible(text: string, model: Model): string {
  return model.privacy ? hideAddresses(text) : text;
}

/** What the filter looks at in a socket. */
export function socketWords(row: SocketRow): string {
  const { pid, shares, mode } = row.socket;
  const bindings = shares.map(({ binding }) => bindingName(binding)).join(" ");
  return `${row.verdict} ${row.state} pid ${pid} (${row.comm}) ${row.local} <- ${row.remote} ${bindings} ${mode}`;
}

/** What the filter looks at in a binding. */
export function bindingWords({ verdict, name, binding }: BindingRow): string {
  return `${verdict} ${name} queues ${binding.queues.join(",")} pid ${binding.pid} (${cell(binding.comm)})`;
}

/** What the filter looks at in a leak. */
export function leakWords({ socket, binding }: LeakRow): string {
  if (socket) return socketWords(socket);
  return binding ? bindingWords(binding) : "";
}

/** What the filter looks at in a log entry. */
export function entryWords({ text }: Entry): string {
  return text;
}
