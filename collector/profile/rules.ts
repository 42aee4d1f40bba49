// rules - When a profile gives advice: each rule with its threshold, what it measures and what it says.

import { bytes, duration, percent, plural } from "../base/format.ts";
import { pages } from "../ledger/bindings/pages.ts";
import type { Sample } from "../ledger/profile/cpu-samples.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import type { Metrics } from "./metrics.ts";

/** What a rule looks at. */
export interface Case {
  socket: Socket;
  metrics: Metrics;
  ledger: Ledger;
  /** CPU samples of its process. */
  samples: readonly Sample[];
}

export interface Rule {
  name: string;
  threshold: number;
  /** On which side of the threshold a figure gives advice. */
  gives: "below" | "above";
  /** null: not measured. */
  figure(given: Case): number | null;
  /** The evidence and what to do, in a sentence. */
  text(figure: number, given: Case): string;
}

/** Fewer calls than these are no habit. */
const HABIT = 16;

export const RULES: readonly Rule[] = [
  {
    name: "returns in small batches",
    threshold: 8,
    gives: "below",
    figure: ({ metrics }) => habitualBatch(metrics),
    text: (figure, { metrics }) =>
      `${figure.toFixed(1)} tokens per return call over ${metrics.returns?.count} calls: return up to 128 ranges in one call`,
  },
  {
    name: "returns late for the dma-buf's size",
    threshold: 0.25,
    gives: "above",
    figure: ({ socket, metrics }) => shareOfPages(socket, metrics),
    text: (figure, { metrics }) =>
      `what it issues within its p99 hold time of ${duration(metrics.holds?.p99 ?? 0)} needs ${percent(figure)} of the dma-buf's pages: return sooner or bind a larger dma-buf`,
  },
  {
    name: "returns refused",
    threshold: 0,
    gives: "above",
    figure: ({ socket }) => timesOf(socket, "return refused"),
    text: (figure) =>
      `${plural(figure, "return call")} refused, which freed nothing: name at most 128 ranges in one call`,
  },
  {
    name: "returns beyond the page pool's ring",
    threshold: 0.25,
    gives: "above",
    figure: ({ samples }) => shareFreed(samples),
    text: (figure, { metrics: { returnPerCall } }) =>
      `${percent(figure)} of the CPU time of its process in return calls${returnPerCall === null ? "" : ` (${duration(returnPerCall)} each)`} frees pages one by one in the allocator, as the page pool's ring is full: it returns faster than the queue is refilled; return fewer tokens a call, or give the queue a larger ring (ethtool -G)`,
  },
  {
    name: "payload in linear memory",
    threshold: 0.01,
    gives: "above",
    figure: ({ metrics }) => (metrics.payloadBytes ? metrics.linearBytes / metrics.payloadBytes : null),
    text: (figure, { metrics }) =>
      `${percent(figure)} of the payload (${bytes(metrics.linearBytes)}) was copied to linear memory: check header split (ethtool tcp-data-split, hds-thresh)`,
  },
  {
    name: "hoards a shared binding",
    threshold: 0.8,
    gives: "above",
    figure: ({ socket, metrics, ledger }) => shareOfBinding(socket, metrics, ledger),
    text: (figure) =>
      `holds on average ${percent(figure)} of all tokens held on its dma-buf: the other sockets starve first`,
  },
];

function habitualBatch({ returns }: Metrics): number | null {
  return returns && returns.count >= HABIT ? returns.mean : null;
}

/** Little's law at the slowest: what it issues in the time it holds a token, as a share of the dma-buf's pages. */
function shareOfPages(socket: Socket, { holds, tokensPerSecond }: Metrics): number | null {
  const binding = socket.shares.at(-1)?.binding;
  const all = binding ? pages(binding) : 0;
  return holds === null || all === 0 ? null : (tokensPerSecond * holds.p99) / 1e9 / all;
}

function timesOf(socket: Socket, kind: string): number {
  return socket.findings.filter((f) => f.kind === kind).reduce((sum, f) => sum + f.times, 0);
}

const RETURNS = /(^|;)sock_devmem_dontneed/;
/** Where page_pool_put_unrefed_netmem ends when neither the pool's cache nor its ring has room (net/core/page_pool.c). */
const ALLOCATOR = /;(mp_dmabuf_devmem_release_page|net_devmem_free_dmabuf|gen_pool_free)/;

/** Of the samples inside return calls, the share in the allocator; null where there are too few. */
function shareFreed(samples: readonly Sample[]): number | null {
  const inReturns = samples.filter(({ stack }) => RETURNS.test(stack));
  const all = inReturns.reduce((sum, { times }) => sum + times, 0);
  if (all < HABIT) return null;
  return inReturns.reduce((sum, { stack, times }) => sum + (ALLOCATOR.test(stack) ? times : 0), 0) / all;
}

/** Only among sockets that share its last binding and whose hold times are known; null where it is alone on its binding. */
function shareOfBinding(socket: Socket, { meanOutstanding }: Metrics, ledger: Ledger): number | null {
  if (meanOutstanding === null) return null;
  const binding = socket.shares.at(-1)?.binding;
  const others = ledger.sockets.filter(
    (s) => s !== socket && s.holds && s.shares.at(-1)?.binding === binding,
  );
  if (others.length === 0) return null;
  const all = others.reduce((sum, s) => sum + tokenTime(s), 0) + tokenTime(socket);
  return all === 0 ? null : tokenTime(socket) / all;
}

/** Token-ns, of tokens whose birth is known. */
function tokenTime({ holds }: Socket): number {
  return holds ? holds.total + holds.age : 0;
}
