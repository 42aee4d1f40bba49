// held - Who held tokens, as weighted stacks: program, process, thread, socket, dma-buf.

import type { Event, ProbeEvent } from "../event.ts";
import { socketOf } from "../faces/sampler.ts";
import { select, type Watcher } from "../faces/selection.ts";
import type { Ledger } from "../ledger.ts";
import type { Stream } from "../recording.ts";
import { type GivenBack, givenBack, overtaken } from "../returns.ts";
import type { Socket } from "../socket.ts";
import { outstanding, tokensOf } from "../sockets.ts";
import type { Token } from "../tokens.ts";
import { withCpu } from "./cpu.ts";
import type { Exporter, ExportOptions } from "./exporter.ts";
import type { Sample, Stacks, StackWriter, Weight } from "./stacks.ts";

/**
 * held: the time each token was held, summed · issued: tokens handed out · kept: tokens held at close, or still held by a
 * socket that is open · pinned: bytes of dma-buf those pinned.
 */
const WEIGHTS: Weight[] = [
  { name: "held", unit: "nanoseconds" },
  { name: "issued", unit: "count" },
  { name: "kept", unit: "count" },
  { name: "pinned", unit: "bytes" },
];

/** What one thread (0: not told apart) received on one socket. */
interface Holding {
  issued: number;
  now: number;
  /** Sum of the times of returns less those of issues, ns: `now` times the end added, the time held. */
  sum: number;
}

type Holdings = Map<Socket, Map<number, Holding>>;

/** The export of who held tokens, in the format of `write`. */
export function ofHeldTokens(write: StackWriter): Exporter {
  return async function* (stream: Stream, options: ExportOptions) {
    yield* write(await heldStacks(stream), options);
  };
}

/** Reads the stream to its end. A thread is told at level `tokens`; else times are those at which sums were told. */
export async function heldStacks(stream: Stream): Promise<Stacks> {
  const holdings: Holdings = new Map();
  const watcher = stream.header.level === "tokens" ? byToken(holdings) : bySums(holdings);
  const { whole } = await select(stream, {}, watcher);
  const samples = whole.sockets.flatMap((socket) => samplesOf(socket, holdings.get(socket), whole.now));
  const stacks = { weights: WEIGHTS, samples, wall: stream.header.wall, duration: whole.now };
  return withCpu(stacks, whole);
}

function holding(holdings: Holdings, socket: Socket, tid: number): Holding {
  const threads = holdings.get(socket) ?? new Map<number, Holding>();
  holdings.set(socket, threads);
  const known = threads.get(tid) ?? { issued: 0, now: 0, sum: 0 };
  threads.set(tid, known);
  return known;
}

function move(holding: Holding, t: number, tokens: number): void {
  holding.issued += Math.max(0, tokens);
  holding.now += tokens;
  holding.sum -= tokens * t;
}

function bySums(holdings: Holdings): Watcher {
  const follow = (socket: Socket, t: number) => {
    const known = holding(holdings, socket, 0);
    move(known, t, Math.max(0, outstanding(socket)) - known.now);
    known.issued = socket.issued;
  };
  return {
    after(event, ledger) {
      const socket = socketOf(ledger, event);
      if (socket) follow(socket, event.t);
      else if (event.kind !== "issue") for (const one of holdings.keys()) follow(one, event.t);
    },
  };
}

function byToken(holdings: Holdings): Watcher {
  let early: ProbeEvent<"issue">[] = [];
  const issued = (socket: Socket, { t, tid }: ProbeEvent<"issue">) =>
    move(holding(holdings, socket, tid), t, 1);
  return {
    before(event, ledger) {
      early = "sk" in event ? (ledger.early.get(event.sk)?.slice() ?? []) : [];
      for (const { owner, token } of goneBy(event, ledger))
        move(holding(holdings, owner, token.tid), event.t, -1);
    },
    after(event, ledger) {
      const socket = socketOf(ledger, event);
      const isWaiting = "sk" in event && ledger.early.has(event.sk);
      if (socket && !isWaiting) for (const one of early) issued(socket, one);
      if (socket && !isWaiting && event.kind === "issue") issued(socket, event);
      if (event.kind === "destroy" || event.kind === "swept" || event.kind === "free") letGo(holdings, event);
    },
  };
}

function goneBy(event: Event, ledger: Ledger): GivenBack[] {
  if (event.kind === "return") return givenBack(ledger, event);
  const earlier = event.kind === "issue" ? overtaken(ledger, event) : undefined;
  return earlier ? [earlier] : [];
}

/** The kernel took back or swept what was left. */
function letGo(holdings: Holdings, { t }: Event): void {
  for (const [socket, threads] of holdings)
    if (outstanding(socket) <= 0) for (const one of threads.values()) move(one, t, -one.now);
}

function samplesOf(socket: Socket, threads = new Map<number, Holding>(), end: number): Sample[] {
  const kept = socket.closedAt >= 0 ? socket.leaked : tokensOf(socket);
  const size = Math.max(0, ...socket.shares.map((share) => share.binding.pageSize));
  // What no thread is known of: everything where sums were told, what lost events took where tokens were.
  const rest = {
    issued: socket.issued,
    kept: socket.closedAt >= 0 ? socket.heldAtClose : Math.max(0, outstanding(socket)),
  };
  const samples: Sample[] = [];
  for (const [tid, one] of threads) {
    if (tid === 0) continue;
    const own = kept.filter((token) => token.tid === tid);
    samples.push({
      frames: frames(socket, tid),
      values: [heldTime(one, end), one.issued, own.length, pages(own, size) * size],
    });
    rest.issued -= one.issued;
    rest.kept -= own.length;
  }
  const held = heldTime(threads.get(0), end);
  const values = [held, rest.issued, rest.kept, rest.kept * size].map((value) => Math.max(0, value));
  if (values.some((value) => value > 0)) samples.push({ frames: frames(socket, 0), values });
  return samples;
}

function heldTime(holding: Holding | undefined, end: number): number {
  return holding ? Math.max(0, holding.sum + holding.now * end) : 0;
}

/** Distinct pages of the dma-buf these tokens lie on. */
function pages(tokens: Token[], size: number): number {
  return new Set(tokens.map(({ dmabufId, offset }) => `${dmabufId}:${Math.floor(offset / size)}`)).size;
}

function frames(socket: Socket, tid: number): string[] {
  const dmabufs = [
    ...new Set(socket.shares.map(({ binding }) => `${binding.dmabufId} on ${binding.ifname || "?"}`)),
  ];
  return [
    socket.comm || "?",
    socket.pid > 0 ? `pid ${socket.pid}` : "pid ?",
    ...(tid > 0 ? [`thread ${tid}`] : []),
    `${socket.local || "?"} <- ${socket.remote || "?"}`,
    dmabufs.length > 0 ? `dma-buf ${dmabufs.join(", ")}` : "dma-buf ?",
  ];
}
