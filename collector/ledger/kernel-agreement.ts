// kernel-agreement - The ledger against the kernel: what it says a socket holds is the base of the sums, or shows that they are wrong.

import { clock, plural } from "../base/format.ts";
import { countsTokens, modeOf, type ProbeEvent, type TracerEvent } from "../events/event.ts";
import { kernelCount } from "./manual-mode.ts";
import { addReturns, addSums, closedAt, outstanding, rebase, tokensOf } from "./socket-events.ts";
import type { Binding, Checks, Ledger, Socket, Steady } from "./state.ts";

/** Of a ledger that has seen nothing. */
export function newChecks(): Checks {
  return { times: 0, at: -1, differences: 0, newest: null, moved: 0, unread: 0, unchecked: "" };
}

/** A round is over. */
export function checked(checks: Checks, { t, moved, unread }: TracerEvent<"checked">): void {
  Object.assign(checks, { times: checks.times + 1, at: t, moved, unread, unchecked: "" });
}

/** The kernel was read. At level sampled that is all there is to know; else it must be what was counted. */
export function read(ledger: Ledger, socket: Socket, event: TracerEvent<"reading">): void {
  const exact = event.still === 1 && event.whole === 1;
  const counted = countsTokens(ledger.header.level);
  if (counted && exact && socket.throughGap) regain(socket, event);
  socket.mode = modeOf(event.sockmode);
  socket.lastReading = counted && exact ? steady(ledger, socket, event.returned) : null;
  if (counted ? !exact : socket.kernelAtClose !== null) return;
  if (event.whole === 0) doubt(socket, `holds more tokens than a reading visits: ${event.held} at least`);
  agree(ledger, socket, event.held, event.t);
  if (event.open === 1 || socket.kernelAtClose !== null || socket.mode === "manual") return;
  socket.kernelAtClose = event.held; // Closed: nobody can return them any more.
  closedAt(socket, socket.closedAt < 0 ? event.t : socket.closedAt);
}

/** The first exact reading since nothing was traced: what it holds by the kernel is what is outstanding from here on. */
function regain(socket: Socket, { issued, returned, held }: TracerEvent<"reading">): void {
  socket.throughGap = false;
  socket.through = socket.issued - held + socket.forOthers;
  socket.earlier = { issued: socket.summed - issued, returned: socket.through - returned };
  addReturns(socket);
}

/**
 * What its xarray, or in manual mode its counter, held when it was closed. The close line that follows has the sums of
 * then; it may be lost. At level sampled no line before need have told the mode.
 */
export function held(socket: Socket, event: ProbeEvent<"held">): void {
  socket.mode = modeOf(event.sockmode);
  if (event.whole === 0)
    doubt(socket, `closed holding more tokens than a reading visits: ${event.held} at least`);
  else socket.kernelAtClose = event.held;
  closedAt(socket, event.t);
  socket.heldAtClose = event.held;
}

/**
 * To be called before its close is applied. No call on the socket is under way any more and its sums are final, so they
 * must agree with the kernel's xarray, whose number then is the one held at close.
 */
export function atClose(ledger: Ledger, socket: Socket, event: ProbeEvent<"close">): void {
  if (isCounted(ledger, socket) || socket.mode === "unknown") return;
  addSums(socket, event);
  if (event.xa === 0) socket.kernelAtClose ??= 0;
  if (socket.kernelAtClose !== null) agree(ledger, socket, socket.kernelAtClose, event.t);
  else if (!countsTokens(ledger.header.level)) doubt(socket, "what it held at close was not seen");
  else if (socket.base !== "none" && outstanding(socket) <= 0)
    differ(
      ledger,
      socket,
      event.t,
      "nothing counted as held, but the kernel's xarray was not empty at close",
    );
}

/** To be called before its destroy is applied where its close line was lost: the sums are those it closed with. */
export function closeUnseen(ledger: Ledger, socket: Socket, event: ProbeEvent<"destroy">): void {
  if (isCounted(ledger, socket) || socket.mode === "unknown") return;
  addSums(socket, event);
  if (socket.kernelAtClose !== null) agree(ledger, socket, socket.kernelAtClose, event.t);
  else if (!countsTokens(ledger.header.level))
    doubt(
      socket,
      `its close was not seen, nor what it held then: ${outstanding(socket)} when it was last read`,
    );
}

/** In manual mode the kernel's counter is in the pinned line of the close, where there is one: see manual.ts. */
function isCounted({ header }: Ledger, { mode }: Socket): boolean {
  return mode === "manual" && countsTokens(header.level);
}

function agree(ledger: Ledger, socket: Socket, kernel: number, t: number): void {
  const counted = expected(socket, kernel);
  if (socket.base === "read" && counted !== kernel && countsTokens(ledger.header.level))
    differ(ledger, socket, t, `the kernel held ${plural(kernel, "token")} of it, ${counted} were counted`);
  if (counted !== kernel) rebase(socket, kernel - counted, t);
  socket.base = "read";
}

/** v6 itself goes below 0 for what a socket returned for others; the patch of the testbed's kernel does not. */
function expected(socket: Socket, kernel: number): number {
  if (socket.mode !== "manual") return outstanding(socket);
  const counted = kernelCount(socket);
  return counted - socket.forOthers === kernel ? kernel : counted;
}

function differ({ checks }: Ledger, socket: Socket, t: number, sentence: string): void {
  note(checks, t, socket.sk, sentence);
  doubt(socket, `${sentence} (at ${clock(t)} s)`);
}

function note(checks: Checks, t: number, sk: string, sentence: string): void {
  checks.differences += 1;
  checks.newest = { t, sk, sentence };
}

/** In words, what came of the checks: "3 times, last at 12.345 s: no difference". */
export function checksText(checks: Omit<Checks, "newest">): string {
  const { times, at, differences, moved, unread, unchecked } = checks;
  if (times === 0) return unchecked ? `never: ${unchecked}` : "never";
  const often = times === 1 ? "once, at" : `${times} times, last at`;
  const parts = [
    differences > 0 ? plural(differences, "difference") : "no difference",
    ...(moved > 0 ? [`${plural(moved, "socket")} did not stand still the last time`] : []),
    ...(unread > 0 ? [`${plural(unread, "line")} could not be read`] : []),
    ...(unchecked ? [`not any more: ${unchecked}`] : []),
  ];
  return `${often} ${clock(at)} s: ${parts.join(", ")}`;
}

function doubt({ doubts }: Socket, sentence: string): void {
  if (doubts.length < MAX_DOUBTS && !doubts.includes(sentence)) doubts.push(sentence);
}

/** The first ones tell when it began. */
const MAX_DOUBTS = 4;

/** What it holds as long as it returns nothing; null where its tokens may be of several bindings, or returned elsewhere. */
function steady({ header }: Ledger, socket: Socket, returned: number): Steady | null {
  const [share, ...others] = socket.shares;
  if (!share || others.length > 0 || socket.mode === "manual") return null;
  const { pageSize } = share.binding;
  const pages = new Set(tokensOf(socket).map(({ offset }) => Math.floor(offset / pageSize))).size;
  // Many tokens may share a page, and only level tokens knows which.
  return { returned, pages: header.level === "tokens" ? pages : Math.sign(Math.max(0, outstanding(socket))) };
}

/**
 * Pages out of a binding's page pools: what its sockets held then cannot be more. What they held is certain only of those
 * that have returned nothing from the reading before to the one after, so the answer is proven by the round that follows.
 */
export function inflight(ledger: Ledger, { t, dmabuf, pages }: TracerEvent<"inflight">): void {
  const binding = ledger.bindings.findLast((b) => b.dmabufId === dmabuf && b.freedAt < 0);
  if (!binding) return;
  prove(ledger, binding, t);
  binding.inflight = pages;
  binding.wasHeld = [...ledger.current.values()].flatMap((socket) =>
    socket.lastReading && socket.shares[0]?.binding === binding
      ? [{ socket, reading: socket.lastReading }]
      : [],
  );
}

function prove({ checks }: Ledger, binding: Binding, t: number): void {
  const same = binding.wasHeld.filter(
    ({ socket, reading }) => socket.lastReading?.returned === reading.returned,
  );
  const most = Math.max(0, ...same.map(({ reading }) => reading.pages));
  if (binding.inflight === null || most <= binding.inflight) return;
  const sentence = `a socket held ${plural(most, "page")} of it at least, but the kernel had ${binding.inflight} out`;
  note(checks, t, "", `dma-buf ${binding.dmabufId}: ${sentence}`);
  if (binding.doubts.length < MAX_DOUBTS) binding.doubts.push(sentence);
}
