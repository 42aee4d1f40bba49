// rows - What the lists show: sockets, leaks and bindings as rows.

import { pinnedBytes } from "../../collector/ledger/pinned.ts";
import { outstanding } from "../../collector/ledger/sockets/socket.ts";
import type { Binding, Socket } from "../../collector/ledger/state/socket-and-binding.ts";
import { bindingVerdict } from "../../collector/verdict/binding-verdict.ts";
import { socketVerdict } from "../../collector/verdict/socket-verdict.ts";
import type { BindingVerdict, SocketVerdict } from "../../collector/verdict/words.ts";
import { cell } from "../draw/cell-text.ts";
import { rates } from "./history.ts";
import type { ScreenState } from "./screen-state.ts";

/** One socket as the list shows it. A frame shows a few dozen of thousands: what only those need is computed on demand. */
export class SocketRow {
  readonly socket: Socket;
  readonly outstanding: number;
  private readonly screen: ScreenState;
  private judged: { verdict: SocketVerdict; why: string } | null = null;

  constructor(screen: ScreenState, socket: Socket) {
    this.screen = screen;
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
    return cell(this.socket.local);
  }

  get remote(): string {
    return cell(this.socket.remote);
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
    this.judged ??= socketVerdict(this.screen.ledger, this.socket);
    return this.judged;
  }

  private rates(): { issued: number; returned: number } {
    return rates(this.screen.history.get(this.socket.id), this.screen.ledger.now);
  }
}

/** A binding with its verdict. */
export interface BindingRow {
  id: string;
  name: string;
  binding: Binding;
  verdict: BindingVerdict;
  why: string;
}

/** A socket that closed while it held tokens, or a binding that was unbound while tokens were held. */
export interface LeakRow {
  id: string;
  t: number;
  socket: SocketRow | null;
  binding: BindingRow | null;
}

/** Every socket that has received a token, oldest first. */
export function socketRows(state: ScreenState): SocketRow[] {
  return state.ledger.sockets.map((socket) => new SocketRow(state, socket));
}

/** Every binding, oldest first. */
export function bindingRows({ ledger }: ScreenState): BindingRow[] {
  return ledger.bindings.map((binding) => ({
    id: idOf(binding),
    name: bindingName(binding),
    binding,
    ...bindingVerdict(ledger, binding),
  }));
}

/** The same for as long as it is shown, whatever goes before it. */
function idOf({ ptr, dmabufId, firstAt }: Binding): string {
  return `binding ${ptr} ${dmabufId} ${firstAt}`;
}

/** "dma-buf 1 on devmem0". */
export function bindingName(binding: Binding): string {
  return `dma-buf ${binding.dmabufId} on ${cell(binding.ifname) || "?"}`;
}

/** Every leak, newest first. */
export function leakRows(sockets: SocketRow[], bindings: BindingRow[]): LeakRow[] {
  const closes = sockets.filter(leftTokens).map(closeRow);
  const unbinds = bindings.filter(isPinned).map(unbindRow);
  return [...closes, ...unbinds].sort((a, b) => b.t - a.t);
}

function leftTokens({ socket }: SocketRow): boolean {
  return socket.closedAt >= 0 && (socket.heldAtClose > 0 || socket.swept > 0);
}

function isPinned({ verdict }: BindingRow): boolean {
  return verdict === "unbound pinned" || verdict === "stuck";
}

function closeRow(socket: SocketRow): LeakRow {
  return { id: socket.id, t: socket.socket.closedAt, socket, binding: null };
}

function unbindRow(binding: BindingRow): LeakRow {
  return { id: binding.id, t: binding.binding.unboundAt, socket: null, binding };
}
