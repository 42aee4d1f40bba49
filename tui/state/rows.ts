// rows - What the lists show: sockets, flagged closes, bindings and log entries as rows, filtered and sorted.

import { outstanding } from "../../collector/ledger/socket-events.ts";
import type { Binding, Socket } from "../../collector/ledger/state.ts";
import { oldestOf } from "../../collector/profile/metrics.ts";
import { pinnedBytes } from "../../collector/report/report.ts";
import { bindingVerdict, socketVerdict } from "../../collector/verdict/verdict.ts";
import type { BindingVerdict, SocketVerdict } from "../../collector/verdict/words.ts";
import { cell, hideAddresses } from "../draw/cell-text.ts";
import { rates } from "./history.ts";
import type { Entry } from "./journal.ts";
import type { Model, Sort } from "./model.ts";
import type { Shown } from "./screen-state.ts";

/**
 * One socket as the list shows it. Of thousands a frame shows a few dozen: what only those need is worked out when it is
 * asked for.
 */
export class SocketRow {
  readonly socket: Socket;
  readonly outstanding: number;
  private readonly shown: Shown;
  private judged: { verdict: SocketVerdict; why: string } | null = null;

  constructor(shown: Shown, socket: Socket) {
    this.shown = shown;
    this.socket = socket;
    this.outstanding = Math.max(0, outstanding(socket));
  }

  get verdict(): SocketVerdict {
    return this.judge().verdict;
  }

  get why(): string {
    return this.judge().why;
  }

  /** Tokens per second. */
  get issued(): number {
    return this.rates().issued;
  }

  get returned(): number {
    return this.rates().returned;
  }

  get id(): string {
    return this.socket.id;
  }

  get comm(): string {
    return cell(this.socket.comm);
  }

  get local(): string {
    return this.socket.local;
  }

  get remote(): string {
    return this.socket.remote;
  }

  /** open, closed or destroyed. */
  get state(): string {
    if (this.socket.destroyedAt >= 0) return "destroyed";
    return this.socket.closedAt >= 0 ? "closed" : "open";
  }

  /** Bytes. */
  get pinned(): number {
    return pinnedBytes(this.socket);
  }

  private judge(): { verdict: SocketVerdict; why: string } {
    this.judged ??= socketVerdict(this.shown.ledger, this.socket);
    return this.judged;
  }

  private rates(): { issued: number; returned: number } {
    return rates(this.shown.history.get(this.socket.id), this.shown.ledger.now);
  }
}

/** A binding with what it is judged to be. */
export interface BindingRow {
  id: string;
  name: string;
  binding: Binding;
  verdict: BindingVerdict;
  why: string;
}

/** A close that held tokens, or an unbind that left some. */
export interface LeakRow {
  id: string;
  t: number;
  socket: SocketRow | null;
  binding: BindingRow | null;
}

/** Every socket that ever had a token, oldest first. */
export function socketRows(shown: Shown): SocketRow[] {
  return shown.ledger.sockets.map((socket) => new SocketRow(shown, socket));
}

/** Every binding, oldest first. */
export function bindingRows({ ledger }: Shown): BindingRow[] {
  return ledger.bindings.map((binding, i) => ({
    id: `binding ${i}`,
    name: bindingName(binding),
    binding,
    ...bindingVerdict(ledger, binding),
  }));
}

/** "dma-buf 1 on devmem0". */
export function bindingName(binding: Binding): string {
  return `dma-buf ${binding.dmabufId} on ${cell(binding.ifname) || "?"}`;
}

/** What was flagged, newest first. */
export function leakRows(sockets: SocketRow[], bindings: BindingRow[]): LeakRow[] {
  const closes = sockets
    .filter(({ socket }) => socket.closedAt >= 0 && (socket.heldAtClose > 0 || socket.swept > 0))
    .map((socket) => ({ id: socket.id, t: socket.socket.closedAt, socket, binding: null }));
  const unbinds = bindings
    .filter(({ verdict }) => verdict === "unbound pinned" || verdict === "stuck")
    .map((binding) => ({ id: binding.id, t: binding.binding.unboundAt, socket: null, binding }));
  return [...closes, ...unbinds].sort((a, b) => b.t - a.t);
}

/** Only rows whose words contain the filter, whatever its case. */
export function filtered<R>(rows: R[], model: Model, words: (row: R) => string): R[] {
  if (model.filter === "") return rows;
  const wanted = model.filter.toLowerCase();
  return rows.filter((row) => visible(words(row), model).toLowerCase().includes(wanted));
}

/** What may be shown of a text that holds addresses. */
export function visible(text: string, model: Model): string {
  return model.privacy ? hideAddresses(text) : text;
}

/** What a filter looks at in a socket. */
export function socketWords(row: SocketRow): string {
  const { pid, shares } = row.socket;
  const bindings = shares.map(({ binding }) => bindingName(binding)).join(" ");
  return `${row.verdict} ${row.state} pid ${pid} (${row.comm}) ${row.local} <- ${row.remote} ${bindings} ${row.socket.mode}`;
}

/** What a filter looks at in a binding. */
export function bindingWords({ verdict, name, binding }: BindingRow): string {
  return `${verdict} ${name} queues ${binding.queues.join(",")} pid ${binding.pid} (${cell(binding.comm)})`;
}

/** What a filter looks at in a leak. */
export function leakWords({ socket, binding }: LeakRow): string {
  return socket ? socketWords(socket) : binding ? bindingWords(binding) : "";
}

/** What a filter looks at in a log entry. */
export function entryWords({ text }: Entry): string {
  return text;
}

/** Sockets in the order chosen: numbers from the largest, words from the first; equal ones newest first. */
export function sorted(rows: SocketRow[], { sort, reversed }: Model): SocketRow[] {
  const sign = reversed ? -1 : 1;
  const keyed = rows.map((row, i) => ({ row, i, key: KEY[sort](row) }));
  keyed.sort((a, b) => sign * compare(a.key, b.key) || b.i - a.i);
  return keyed.map(({ row }) => row);
}

const KEY: Record<Sort, (row: SocketRow) => number | string> = {
  outstanding: (row) => row.outstanding,
  pinned: (row) => row.pinned,
  "issued/s": (row) => row.issued,
  "returned/s": (row) => row.returned,
  oldest: (row) => -(oldestOf(row.socket) ?? Number.POSITIVE_INFINITY),
  "held at close": (row) => row.socket.heldAtClose,
  verdict: (row) => row.verdict,
  pid: (row) => String(row.socket.pid).padStart(10),
  comm: (row) => row.comm,
  local: (row) => row.local,
  remote: (row) => row.remote,
};

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return b - a;
  return a < b ? -1 : a > b ? 1 : 0;
}
