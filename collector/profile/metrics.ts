// metrics - A profile as numbers, of one socket or of several together; null is "not measured".

import { newLetGo, totalsOf } from "../ledger/let-go.ts";
import { pageSizeOf } from "../ledger/pinned.ts";
import { type Calls, sumOfCalls } from "../ledger/profile/calls.ts";
import { meanHeld } from "../ledger/profile/holds.ts";
import { type Profile, sumOf } from "../ledger/profile/profile.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { LetGo, Measured } from "../ledger/state/let-go.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import { oldestOf, unagedOf } from "./oldest.ts";
import { type Spread, sizesOf, spreadOf } from "./spread.ts";

/** Rates are per second of the time in which the sockets had tokens; durations are ns. */
export interface Metrics {
  sockets: number;
  seconds: number;
  issued: number;
  returned: number;
  outstanding: number;
  tokensPerSecond: number;
  /** Bytes read from the stream; of those, bytes in linear memory; and bytes of dma-buf that the tokens pinned, a page each. */
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
  /** Of the tokens whose hold time is known, the share returned after a token issued later. */
  overtaken: number | null;
  /** Tokens outstanding on average, of those whose birth is known. */
  meanOutstanding: number | null;
  /** When the oldest token still held was issued, ns since t0; null: none, or unknown. */
  oldest: number | null;
  /** Tokens held now without a known birth. */
  unaged: number;
  /** ns inside tcp_recvmsg_dmabuf and sock_devmem_dontneed. */
  receivePerCall: number | null;
  receivePerToken: number | null;
  returnPerCall: number | null;
  returnPerToken: number | null;
  /** Waits for the lock of the xarray, and their ns; null where the kernel does not show how long they took (probes/locks.bt). */
  waits: number;
  waited: number | null;
}

/** Of a socket, or of those that were let go. */
type HoldSums = NonNullable<Measured["holds"]>;

/** The metrics of these sockets together and of what was let go (`gone`), as of `now` (ns since t0). */
export function metricsOf(sockets: readonly Socket[], now: number, gone: LetGo = NOTHING): Metrics {
  const { measured } = gone;
  const calls = sumOfCalls([measured.calls, ...sockets.map((socket) => socket.calls)]);
  const profile = sumOf([measured.profile, ...sockets.map((socket) => socket.profile)]);
  const counts = countMetrics(sockets, now, gone);
  const payload = payloadMetrics(sockets, calls, counts.seconds, gone);
  return {
    ...counts,
    ...payload,
    ...sizeMetrics(profile, calls, counts.issued, payload.payloadBytes),
    ...holdMetrics(sockets, profile, now, measured),
    ...timeMetrics(calls, counts.issued),
  };
}

const NOTHING = newLetGo();

function countMetrics(sockets: readonly Socket[], now: number, gone: LetGo) {
  const seconds = lifeOf(sockets, now, gone.measured) / 1e9;
  const before = totalsOf(gone);
  const issued = before.issued + sum(sockets, (socket) => socket.issued);
  return {
    sockets: gone.sockets + sockets.length,
    seconds,
    issued,
    returned: before.returned + sum(sockets, (socket) => socket.returned),
    outstanding: sum(sockets, (socket) => Math.max(0, outstanding(socket))),
    tokensPerSecond: over(issued, seconds) ?? 0,
  };
}

function payloadMetrics(sockets: readonly Socket[], calls: Calls, seconds: number, gone: LetGo) {
  const { measured } = gone;
  const payloadBytes = payloadOf(sockets, calls, measured);
  const linearBytes = totalsOf(gone).linearBytes + sum(sockets, (socket) => socket.linearBytes);
  const pinnedBytes = measured.pinnedBytes + sum(sockets, (socket) => socket.issued * pageSizeOf(socket));
  const landed = payloadBytes === null ? null : Math.max(0, payloadBytes - linearBytes);
  return {
    payloadBytes,
    linearBytes,
    pinnedBytes,
    bytesPerSecond: over(payloadBytes, seconds),
    waste: landed === null || pinnedBytes === 0 ? null : Math.max(0, 1 - landed / pinnedBytes),
  };
}

function sizeMetrics({ issues, returns }: Profile, calls: Calls, issued: number, payload: number | null) {
  return {
    issues: sizesOf(issues, issued),
    returns: sizesOf(returns, calls.freed),
    callsPerMegabyte: calls.recvs > 0 ? over(calls.recvs + calls.returns, (payload ?? 0) / 1e6) : null,
  };
}

function timeMetrics({ received, returned, skbs, returns, freed, waits, waited }: Calls, issued: number) {
  return {
    receivePerCall: over(received, skbs),
    receivePerToken: skbs > 0 ? over(received, issued) : null,
    returnPerCall: over(returned, returns),
    returnPerToken: over(returned, freed),
    waits,
    waited: waits > 0 && waited === 0 ? null : waited,
  };
}

function holdMetrics(sockets: readonly Socket[], profile: Profile, now: number, measured: Measured) {
  const known: HoldSums[] = [measured, ...sockets]
    .map(({ holds }) => holds)
    .filter((holds) => holds !== null);
  const overtaken = sum(known, (holds) => holds.overtaken);
  return {
    holds: holdSpread(known, profile),
    overtaken: known.length > 0 ? over(overtaken, profile.holds.total) : null,
    meanOutstanding: known.length > 0 ? meanOf(sockets, known, now, measured) : null,
    oldest: oldestOfAll(sockets),
    unaged: sum(sockets, unagedOf),
  };
}

/** How long the tokens of a socket were held, ns; null: none was returned, or nobody measured. */
export function holdSpreadOf({ holds, profile }: Socket): Spread | null {
  return holdSpread(holds ? [holds] : [], profile);
}

/** Levels holds and profile have the exact sum, which makes the mean exact. */
function holdSpread(known: readonly HoldSums[], profile: Profile): Spread | null {
  const spread = spreadOf(profile.holds);
  if (!spread || known.length === 0) return spread;
  return { ...spread, mean: sum(known, ({ total }) => total) / spread.count };
}

function oldestOfAll(sockets: readonly Socket[]): number | null {
  const oldest = sockets.map(oldestOf).filter((t) => t !== null);
  return oldest.length > 0 ? oldest.reduce((least, t) => Math.min(least, t)) : null;
}

/** Token-ns of all, over the time in which any had tokens. */
function meanOf(
  sockets: readonly Socket[],
  known: readonly HoldSums[],
  now: number,
  measured: Measured,
): number {
  const [first, ...others] = sockets;
  if (first?.holds && others.length === 0 && !measured.holds) return meanHeld(first.holds, first.born);
  const tokenTime = sum(known, ({ total, age }) => total + age);
  return over(tokenTime, lifeOf(sockets, now, measured)) ?? 0;
}

/** From the first token of any to the close of the last, or to now. */
function lifeOf(sockets: readonly Socket[], now: number, gone: Measured): number {
  const last = sockets.reduce(
    (most, { closedAt }) => Math.max(most, closedAt < 0 ? now : closedAt),
    gone.closedAt,
  );
  const first = sockets.reduce((least, { born }) => Math.min(least, born), Math.min(now, gone.born));
  return Math.max(0, last - first);
}

function payloadOf(sockets: readonly Socket[], { recvs, bytes }: Calls, gone: Measured): number | null {
  if (recvs > 0) return bytes;
  const closed = [gone, ...sockets].filter(({ payloadBytes }) => payloadBytes >= 0);
  return closed.length === 0 ? null : sum(closed, ({ payloadBytes }) => payloadBytes);
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}

function over(amount: number | null, divisor: number): number | null {
  return amount === null || divisor <= 0 ? null : amount / divisor;
}
