// metrics - What a profile says of one socket or of all together, as numbers; null is "not measured".

import { type Histogram, mean, meanWith, quantile } from "../base/histogram.ts";
import { pages } from "../ledger/bindings/binding.ts";
import { type Calls, sumOfCalls } from "../ledger/profile/calls.ts";
import { type Holds, meanHeld, unaged } from "../ledger/profile/holds.ts";
import { type Profile, sumOf } from "../ledger/profile/profile.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Socket, Token } from "../ledger/state.ts";
import { bookOf } from "../ledger/tokens/books.ts";

/** A distribution: the quantiles are the middles of their buckets, at most an eighth off. */
export interface Spread {
  count: number;
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Rates are per second of the time in which the sockets had tokens; lengths of time are ns. */
export interface Figures {
  sockets: number;
  seconds: number;
  issued: number;
  returned: number;
  outstanding: number;
  tokensPerSecond: number;
  /** Bytes taken out of the stream, of them those in linear memory, and bytes of dma-buf the tokens pinned: a page each. */
  payloadBytes: number | null;
  linearBytes: number;
  pinnedBytes: number;
  bytesPerSecond: number | null;
  /** Of the pinned bytes, the share that held no payload, 0 to 1. */
  waste: number | null;
  issues: Spread | null;
  returns: Spread | null;
  /** recvmsg and return calls per 10^6 bytes of payload. */
  callsPerMegabyte: number | null;
  holds: Spread | null;
  /** Of the tokens whose hold is known, the share that came back after one issued later. */
  overtaken: number | null;
  /** Tokens outstanding on average; of those whose birth is known. */
  meanOutstanding: number | null;
  /** When the oldest token still held was issued, ns since t0; null: none, or not known. */
  oldest: number | null;
  /** Tokens held now without a known birth. */
  unaged: number;
  /** ns inside tcp_recvmsg_dmabuf and sock_devmem_dontneed. */
  receivePerCall: number | null;
  receivePerToken: number | null;
  returnPerCall: number | null;
  returnPerToken: number | null;
  /** Waits for the lock of the xarray, and ns of them; null where the kernel does not show how long (probes/locks.bt). */
  waits: number;
  waited: number | null;
}

/** The figures of these sockets together, as of `now` (ns since t0). */
export function figuresOf(sockets: readonly Socket[], now: number): Figures {
  const calls = sumOfCalls(sockets.map((socket) => socket.calls));
  const profile = sumOf(sockets.map((socket) => socket.profile));
  const seconds = lifeOf(sockets, now) / 1e9;
  const issued = sum(sockets, (socket) => socket.issued);
  const payload = payloadOf(sockets, calls);
  const linearBytes = sum(sockets, (socket) => socket.linearBytes);
  const pinnedBytes = sum(sockets, (socket) => socket.issued * pageSizeOf(socket));
  const landed = payload === null ? null : Math.max(0, payload - linearBytes);
  return {
    ...{ sockets: sockets.length, seconds, issued, returned: sum(sockets, (socket) => socket.returned) },
    ...{
      outstanding: sum(sockets, (socket) => Math.max(0, outstanding(socket))),
      tokensPerSecond: over(issued, seconds) ?? 0,
    },
    ...{ payloadBytes: payload, linearBytes, pinnedBytes, bytesPerSecond: over(payload, seconds) },
    waste: landed === null || pinnedBytes === 0 ? null : Math.max(0, 1 - landed / pinnedBytes),
    ...{ issues: sizesOf(profile.issues, issued), returns: sizesOf(profile.returns, calls.freed) },
    callsPerMegabyte: calls.recvs > 0 ? over(calls.recvs + calls.returns, (payload ?? 0) / 1e6) : null,
    ...holdFigures(sockets, profile, now),
    receivePerCall: over(calls.received, calls.skbs),
    receivePerToken: calls.skbs > 0 ? over(calls.received, issued) : null,
    returnPerCall: over(calls.returned, calls.returns),
    returnPerToken: over(calls.returned, calls.freed),
    ...{ waits: calls.waits, waited: calls.waits > 0 && calls.waited === 0 ? null : calls.waited },
  };
}

function holdFigures(sockets: readonly Socket[], profile: Profile, now: number) {
  const known = sockets.map(({ holds }) => holds).filter((holds) => holds !== null);
  const holds = spreadOf(profile.holds);
  const oldest = sockets.map((socket) => oldestOf(socket)).filter((t) => t !== null);
  return {
    holds:
      holds && known.length > 0 ? { ...holds, mean: sum(known, (one) => one.total) / holds.count } : holds,
    overtaken:
      known.length > 0
        ? over(
            sum(known, (one) => one.overtaken),
            profile.holds.total,
          )
        : null,
    meanOutstanding: known.length > 0 ? meanOf(sockets, known, now) : null,
    oldest: oldest.length > 0 ? Math.min(...oldest) : null,
    unaged: sum(sockets, unagedOf),
  };
}

/** Token-ns of all over the time in which any had tokens. */
function meanOf(sockets: readonly Socket[], known: readonly Holds[], now: number): number {
  if (sockets.length === 1) return meanHeld(known[0] as Holds, (sockets[0] as Socket).born);
  return (
    over(
      sum(known, ({ total, age }) => total + age),
      lifeOf(sockets, now),
    ) ?? 0
  );
}

/** Tokens a socket holds now and whose birth is not known. */
export function unagedOf(socket: Socket): number {
  return socket.holds ? unaged(socket.holds, outstanding(socket)) : 0;
}

/** The token it has held longest; undefined where the level does not show it or nothing is held. */
export function oldestToken(socket: Socket): Token | undefined {
  return bookOf(socket).oldestOf(socket);
}

/** When the oldest token a socket holds was issued, ns since t0; null where it holds none or the level does not tell. */
export function oldestOf(socket: Socket): number | null {
  if (socket.closedAt >= 0 && outstanding(socket) <= 0) return null;
  if (socket.holds) return socket.holds.oldest < 0 ? null : socket.holds.oldest;
  return oldestToken(socket)?.issuedAt ?? null;
}

/** From the first token of any to the close of the last, or to now. */
function lifeOf(sockets: readonly Socket[], now: number): number {
  const ends = sockets.map(({ closedAt }) => (closedAt < 0 ? now : closedAt));
  return Math.max(0, Math.max(0, ...ends) - Math.min(now, ...sockets.map(({ born }) => born)));
}

function payloadOf(sockets: readonly Socket[], { recvs, bytes }: Calls): number | null {
  if (recvs > 0) return bytes;
  const closed = sockets.filter(({ payloadBytes }) => payloadBytes >= 0);
  return closed.length === 0 ? null : sum(closed, ({ payloadBytes }) => payloadBytes);
}

function pageSizeOf({ shares }: Socket): number {
  return Math.max(0, ...shares.map(({ binding }) => binding.pageSize));
}

/** Pages of the bindings these sockets received from. */
export function pagesOf(sockets: readonly Socket[]): number {
  const bindings = new Set(sockets.flatMap(({ shares }) => shares.map(({ binding }) => binding)));
  return sum([...bindings], pages);
}

/** How long the tokens of a socket were held, ns; null: none came back, or nobody measured. */
export function holdsOf(socket: Socket): Spread | null {
  return holdFigures([socket], socket.profile, 0).holds;
}

/** Of tokens per call, whose sum is counted too. */
function sizesOf(histogram: Histogram, tokens: number): Spread | null {
  const spread = spreadOf(histogram);
  return spread && { ...spread, mean: meanWith(tokens, histogram) };
}

function spreadOf(histogram: Histogram): Spread | null {
  if (histogram.total === 0) return null;
  const at = (share: number) => {
    const { low, high } = quantile(histogram, share) as { low: number; high: number };
    return (low + high - 1) / 2;
  };
  return {
    count: histogram.total,
    mean: mean(histogram),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
  };
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}

function over(amount: number | null, divisor: number): number | null {
  return amount === null || divisor <= 0 ? null : amount / divisor;
}
