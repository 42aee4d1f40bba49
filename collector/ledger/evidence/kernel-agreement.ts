// kernel-agreement - The ledger against the kernel: the kernel's number of tokens is the base of the sums, or shows that they are wrong.

import { clock, plural } from "../../base/format.ts";
import { countsTokens, modeOf, type ProbeEvent, type TracerEvent } from "../../events/event.ts";
import { markClosed } from "../sockets/closed.ts";
import { outstanding } from "../sockets/socket.ts";
import { continueAfterGap, rebase } from "../sockets/sums.ts";
import type { Changes, Ledger } from "../state/ledger.ts";
import type { Socket, Steady } from "../state/socket-and-binding.ts";
import { bookOf, tokensOf } from "../tokens/books.ts";
import { doubt } from "./doubts.ts";
import { lostEvents } from "./evidence.ts";

/** A reading of the kernel. At level sampled its number is the only one; else it must be what was counted. */
export function agreeWithReading(ledger: Ledger, socket: Socket, event: TracerEvent<"reading">): void {
  const { kernel } = socket;
  const exact = event.still === 1 && event.whole === 1;
  const counted = countsTokens(ledger.header.level);
  if (counted && exact && socket.coverage.throughGap)
    continueAfterGap(socket, event.held, event.issued, event.returned);
  socket.mode = modeOf(event.sockmode);
  kernel.lastReading = counted && exact ? steady(ledger, socket, event.returned) : null;
  if (counted ? !exact : kernel.heldAtClose !== null) return;
  if (event.whole === 0) doubt(socket, `holds more tokens than a reading can visit: at least ${event.held}`);
  agree(ledger, socket, event.held, event.t);
  if (event.open === 0) closedByReading(socket, event, ledger.changes);
}

/** No process has it open any more, so no call can return its tokens. */
function closedByReading(socket: Socket, { held, t }: TracerEvent<"reading">, changes: Changes): void {
  const { kernel, closedAt } = socket;
  if (kernel.heldAtClose !== null || !bookOf(socket).isPrivate) return;
  kernel.heldAtClose = held;
  markClosed(socket, closedAt < 0 ? t : closedAt, changes);
}

/**
 * What it held when it was closed. The close line follows with the sums; it may be lost. At level sampled this line may be the
 * first to show the mode.
 */
export function agreeWithHeld(socket: Socket, event: ProbeEvent<"held">, changes: Changes): void {
  socket.mode = modeOf(event.sockmode);
  if (event.whole === 0)
    doubt(socket, `closed holding more tokens than a reading can visit: at least ${event.held}`);
  else socket.kernel.heldAtClose = event.held;
  markClosed(socket, event.t, changes);
  socket.heldAtClose = event.held;
}

/**
 * The sums are those of a close line. No call on the socket is in progress any more, so they are final and must agree with
 * the kernel's number, which then is the one held at close.
 */
export function agreeAtClose(ledger: Ledger, socket: Socket, event: ProbeEvent<"close">): void {
  const { level } = ledger.header;
  const { kernel } = socket;
  if (!bookOf(socket).isComparedAtClose(level)) return;
  if (event.xa === 0) kernel.heldAtClose ??= 0;
  if (kernel.heldAtClose !== null) agree(ledger, socket, kernel.heldAtClose, event.t);
  else if (!countsTokens(level)) doubt(socket, "what it held at close is unknown");
  else if (socket.sums.base !== "none" && outstanding(socket) <= 0)
    differ(
      ledger,
      socket,
      event.t,
      "no tokens were counted as held, but the kernel's xarray was not empty at close",
    );
}

/** The sums are those of a destroy line whose close line was lost: it closed with them. */
export function agreeAtUnseenClose(ledger: Ledger, socket: Socket, event: ProbeEvent<"destroy">): void {
  const { level } = ledger.header;
  const { kernel } = socket;
  if (!bookOf(socket).isComparedAtClose(level)) return;
  if (kernel.heldAtClose !== null) agree(ledger, socket, kernel.heldAtClose, event.t);
  else if (socket.sums.base === "none" && event.closed === 0 && countsTokens(level))
    doubt(socket, "it closed before the trace, or its close was not seen: what it held then is not known");
  else if (!countsTokens(level))
    doubt(
      socket,
      `its close was not seen; it held ${plural(outstanding(socket), "token")} when it was last read`,
    );
}

function agree(ledger: Ledger, socket: Socket, kernel: number, t: number): void {
  const counted = bookOf(socket).expected(socket, kernel);
  if (
    counted !== kernel &&
    countsTokens(ledger.header.level) &&
    isDifference(ledger, socket, counted, kernel)
  )
    differ(
      ledger,
      socket,
      t,
      `the kernel reports ${plural(kernel, "token")} held, but ${counted} were counted`,
    );
  if (counted !== kernel) rebase(socket, kernel - counted, ledger.changes);
  socket.sums.base = "read";
}

/**
 * The first number is the base of the sums: what was held before the trace. That cannot be below 0, unless a socket whose
 * lines are lost had the same memory, and the sums are of both.
 */
function isDifference(ledger: Ledger, socket: Socket, counted: number, kernel: number): boolean {
  const { base } = socket.sums;
  if (base !== "none") return base === "read";
  return counted > kernel && bookOf(socket).isPrivate && lostEvents(ledger) > 0;
}

function differ({ checks, changes }: Ledger, socket: Socket, t: number, sentence: string): void {
  checks.differences += 1;
  changes.difference = sentence;
  doubt(socket, `${sentence} (at ${clock(t)} s)`);
}

/** What it holds as long as it returns nothing; null where its tokens may be of several bindings, or returned elsewhere. */
function steady({ header }: Ledger, socket: Socket, returned: number): Steady | null {
  const [share, ...others] = socket.shares;
  if (!share || others.length > 0 || !bookOf(socket).isPrivate) return null;
  const { pageSize } = share.binding;
  const pages = new Set(tokensOf(socket).map(({ offset }) => Math.floor(offset / pageSize))).size;
  // Many tokens may share a page, and only level tokens knows which.
  return { returned, pages: header.level === "tokens" ? pages : Math.sign(Math.max(0, outstanding(socket))) };
}
