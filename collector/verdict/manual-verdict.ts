// manual-verdict - What became of the tokens of a socket in manual mode: its verdict keeps the history.

import { duration, plural } from "../base/format.ts";
import { countsTokens } from "../events/event.ts";
import { pages } from "../ledger/bindings/pages.ts";
import { missing } from "../ledger/evidence/missing.ts";
import { outstanding, sharedBinding, sweptBefore } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Handover, Pinned, Socket } from "../ledger/state/socket-and-binding.ts";
import { bookOf } from "../ledger/tokens/books.ts";
import { mayHaveHeld } from "../ledger/tokens/handovers.ts";
import { mixedByOthers, mixedOf } from "../ledger/tokens/mixed-returns.ts";
import type { SocketVerdict, Verdict } from "./words.ts";

/** The verdict on a socket in manual mode whose numbers are beyond doubt. */
export function manualVerdict(_: Ledger, socket: Socket): Verdict<SocketVerdict> {
  const why = [
    closing(socket),
    ...socket.exchange.elsewhere.map((h) => handedOver(socket, h)),
    ending(socket),
  ];
  return { verdict: wordOf(socket), why: why.filter((part) => part !== "").join("; ") };
}

function wordOf(socket: Socket): SocketVerdict {
  if (socket.closedAt < 0) return "open";
  if (socket.swept > 0 && outstanding(socket) === 0) return "swept";
  if (socket.heldAtClose === 0) return "clean";
  if (outstanding(socket) === 0) return "returned elsewhere";
  return socket.destroyedAt < 0 ? "lingering" : "leaked";
}

function closing(socket: Socket): string {
  if (socket.closedAt < 0 || socket.heldAtClose === 0) return "";
  return `closed holding ${plural(socket.heldAtClose, "token")}${onPages(socket)}`;
}

/** Exact where no other socket held a page of the binding; else the binding's pages are an upper bound. */
function onPages({ kernel: { pagesAtClose }, heldAtClose }: Socket): string {
  if (!pagesAtClose || pagesAtClose.pages === 0) return "";
  return ` on ${pagesAtClose.tokens === heldAtClose ? "" : "at most "}${plural(Math.min(pagesAtClose.pages, heldAtClose), "page")}`;
}

function handedOver(socket: Socket, { through, tokens, t }: Handover): string {
  const when =
    socket.closedAt < 0 || t < socket.closedAt ? "" : `, ${duration(t - socket.closedAt)} after close`;
  return `${plural(tokens, "token")} returned through ${through.local || through.sk} <- ${through.remote} (pid ${through.pid})${when}`;
}

function ending(socket: Socket): string {
  const left = outstanding(socket);
  const dmabuf = `dma-buf ${sharedBinding(socket)?.dmabufId}`;
  if (socket.swept > 0 && left === 0)
    return `${plural(socket.swept, "token")} swept at unbind${sweepTime(socket)}`;
  if (socket.closedAt < 0 || left === 0) return "";
  if (socket.destroyedAt < 0) return `${plural(left, "token")} still pinned, not destroyed yet`;
  return (sharedBinding(socket)?.sweptAt ?? -1) >= 0
    ? `${plural(left, "token")} issued after ${dmabuf} was unbound: pinned for ever`
    : `${plural(left, "token")} pinned until ${dmabuf} is unbound`;
}

function sweepTime({ sweptAt, closedAt }: Socket): string {
  if (closedAt < 0) return "";
  return sweptAt < closedAt
    ? `, ${duration(closedAt - sweptAt)} before it closed`
    : `, ${duration(sweptAt - closedAt)} after close`;
}

/** Reasons to doubt what is known of a socket in manual mode; empty if there are none. */
export function manualDoubt(ledger: Ledger, socket: Socket): string {
  if (ledger.lostAt >= socket.born)
    return `${missing(ledger)}: a return through another socket, or its sweep, may be among them`;
  if (!countsTokens(ledger.header.level) && socket.closedAt >= 0 && socket.heldAtClose > 0)
    return sampledDoubt(socket);
  return (
    kernelDoubt(socket) ||
    walkDoubt(socket) ||
    sweepDoubt(socket) ||
    beforeDoubt(socket) ||
    freedDoubt(socket) ||
    pagesDoubt(ledger, socket) ||
    ownerDoubt(ledger, socket) ||
    mixedDoubt(ledger, socket)
  );
}

/** Level sampled: only the kernel's counter is known, which neither a sweep nor another socket's return lowers. */
function sampledDoubt(socket: Socket): string {
  const tokens = plural(socket.heldAtClose, "token");
  const sweptAt = sharedBinding(socket)?.sweptAt ?? -1;
  if (sweptAt >= 0 && sweptAt < socket.closedAt)
    return `closed holding at most ${tokens}: an earlier unbind had swept what it held then`;
  return `closed holding ${tokens}: level sampled cannot see whether they were returned through another socket`;
}

function kernelDoubt(socket: Socket): string {
  const { urefsAtClose } = socket.kernel;
  if (urefsAtClose === null || socket.closedAt < 0) return "";
  const counted = bookOf(socket).expected(socket, urefsAtClose);
  return counted === urefsAtClose
    ? ""
    : `${plural(counted, "token")} counted as held at close, but the kernel's counter was ${urefsAtClose}`;
}

/** All pages of its binding held fewer tokens than are counted on the socket alone. */
function walkDoubt(socket: Socket): string {
  const { pagesAtClose, pagesAtDestroy } = socket.kernel;
  return (
    walkSentence(socket, pagesAtClose, socket.heldAtClose, "close") ||
    walkSentence(socket, pagesAtDestroy, outstanding(socket), "destroy")
  );
}

function walkSentence(socket: Socket, walk: Pinned | null, counted: number, at: string): string {
  const binding = sharedBinding(socket);
  const isWhole = walk && binding && pages(binding) > 0 && walk.walked >= pages(binding);
  return isWhole && walk.tokens < counted
    ? `${plural(counted, "token")} counted as held at ${at}, but all pages of dma-buf ${binding.dmabufId} held ${walk.tokens}`
    : "";
}

/**
 * What it held before the trace is the counter that was read (outstanding_urefs), which neither a sweep nor a return through
 * another socket lowers.
 */
function beforeDoubt(socket: Socket): string {
  const left = outstanding(socket);
  if (socket.closedAt < 0 || left <= 0) return "";
  if (sweptBefore(socket) > 0)
    return `${plural(sweptBefore(socket), "token")} issued before the trace, and its dma-buf was unbound: they may have been swept`;
  const { unknownAtClose } = socket.kernel;
  return unknownAtClose > 0 && left <= socket.before
    ? `${plural(left, "token")} issued before the trace, and sockets that are not known held ${unknownAtClose}: they may have returned them`
    : "";
}

function sweepDoubt(socket: Socket): string {
  const { unsure } = socket.exchange;
  if (unsure === 0 || (sharedBinding(socket)?.freedAt ?? -1) >= 0) return "";
  return `${plural(unsure, "token")} issued while its dma-buf was being unbound: they may have missed the sweep`;
}

/** A dma-buf is freed only when none of its pages is held any more. */
function freedDoubt(socket: Socket): string {
  const [left, binding] = [outstanding(socket), sharedBinding(socket)];
  if (left <= 0 || !binding || binding.freedAt < 0) return "";
  const counted = `${plural(left, "token")} counted as held, but dma-buf ${binding.dmabufId} was freed`;
  return binding.sweptAt < 0
    ? `${counted}: whether they were returned, or swept by an unbind that was not seen, is unknown`
    : `${counted}: they were returned through another socket`;
}

/**
 * Level tokens: what it held at close, by the pages that no return had named, and by the sums. Of tokens from before the trace
 * no page is known.
 */
function pagesDoubt({ header }: Ledger, { closedAt, leaked, heldAtClose, before }: Socket): string {
  if (header.level !== "tokens" || closedAt < 0) return "";
  if (heldAtClose - before <= leaked.length && leaked.length <= heldAtClose) return "";
  return `${plural(heldAtClose, "token")} counted as held at close, but ${leaked.length} by the pages that no return had named`;
}

/** Tokens returned through a socket that held none, where all of them could be this socket's. */
function ownerDoubt(ledger: Ledger, socket: Socket): string {
  const [left, tokens] = [outstanding(socket), ownerless(ledger, socket)];
  if (socket.closedAt < 0 || left === 0 || tokens < left) return "";
  const hint = ledger.header.level === "tokens" ? "they were issued before the trace" : TOKENS_SHOWS;
  return `${plural(tokens, "token")} of its binding were returned through another socket while several sockets held some; ${hint}`;
}

/** Tokens returned through other sockets since its birth that were not attributed to anyone. */
function ownerless({ header, strangers }: Ledger, socket: Socket): number {
  const binding = sharedBinding(socket);
  if (header.level === "tokens" && binding && socket.before > 0)
    return bookOf(socket).tokensOf(socket).length > 0 ? 0 : binding.unnamed - socket.exchange.unnamed;
  const came = binding?.unattributed.filter(({ t }) => mayHaveHeld(socket, t)) ?? [];
  const unknown = mayHaveHeld(socket, strangers.lastAt) ? strangers.tokens : 0;
  return came.reduce((sum, h) => sum + h.tokens, unknown);
}

/** What is counted on a socket may be tokens of one that returned others' in place of its own. */
function mixedDoubt(ledger: Ledger, socket: Socket): string {
  if (socket.closedAt < 0) return "";
  const left = outstanding(socket) + socket.swept;
  const [own, others] = [mixedOf(socket), mixedByOthers(socket)];
  if (left === 0 && own > 0)
    return `it returned tokens of other sockets in the same call as its own: up to ${own} of those still out may be its own; ${TOKENS_SHOWS}`;
  if (left > 0 && others > 0 && left <= others + ownerless(ledger, socket))
    return `${plural(left, "token")} counted as held, but another socket returned tokens of other sockets in the same call as its own: they may be that socket's; ${TOKENS_SHOWS}`;
  return "";
}

const TOKENS_SHOWS = "level tokens shows whose they were";
