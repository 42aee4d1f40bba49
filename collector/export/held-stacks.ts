// held-stacks - Who held tokens, as weighted stacks: program, process, thread, receiving functions, socket, dma-buf.

import type { Event } from "../events/event.ts";
import { itemsOf } from "../ledger/changes.ts";
import { pageSizeOf, pagesUnder } from "../ledger/pinned.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Socket, Token } from "../ledger/state.ts";
import { tokensOf } from "../ledger/tokens/books.ts";
import type { Stream } from "../recording/stream.ts";
import { select, type Watcher } from "../report/selection.ts";
import { withCpu } from "./cpu-stacks.ts";
import type { Exporter, ExportOptions } from "./exporter.ts";
import type { Sample, Stacks, StackWriter, Weight } from "./stacks.ts";

/**
 * held: the time each token was held, summed · issued: tokens issued · kept: tokens held at close, or still held by an
 * open socket · pinned: bytes of dma-buf that the kept ones pin.
 */
const WEIGHTS: Weight[] = [
  { name: "held", unit: "nanoseconds" },
  { name: "issued", unit: "count" },
  { name: "kept", unit: "count" },
  { name: "pinned", unit: "bytes" },
];

/** Who received: a thread (0: any) and its user-space stack. */
type Receiver = Pick<Token, "tid" | "stack">;

/** What one receiver received on one socket. */
interface Holding extends Receiver {
  issued: number;
  now: number;
  /** Sum of the times of returns less those of issues, ns; plus `now` times the end it is the time held. */
  sum: number;
}

type Holdings = Map<Socket, Map<string, Holding>>;

const UNKNOWN: Receiver = { tid: 0, stack: "" };

function keyOf({ tid, stack }: Receiver): string {
  return `${tid} ${stack}`;
}

/** An exporter of held tokens in the format of `write`. */
export function ofHeldTokens(write: StackWriter): Exporter {
  return async function* (stream: Stream, options: ExportOptions) {
    yield* write(await heldStacks(stream), options);
  };
}

/** Reads the stream to its end. Only level `tokens` names threads; at other levels times are those of the sums. */
export async function heldStacks(stream: Stream): Promise<Stacks> {
  const holdings: Holdings = new Map();
  const watcher = stream.header.level === "tokens" ? byToken(holdings) : bySums(holdings);
  const { whole } = await select(stream, {}, watcher);
  const samples = whole.sockets.flatMap((socket) => samplesOf(socket, holdings.get(socket), whole.now));
  const stacks = { weights: WEIGHTS, samples, wall: stream.header.wall, duration: whole.now };
  return withCpu(stacks, whole);
}

function holding(holdings: Holdings, socket: Socket, { tid, stack }: Receiver): Holding {
  const receivers = holdings.get(socket) ?? new Map<string, Holding>();
  holdings.set(socket, receivers);
  const key = keyOf({ tid, stack });
  const known = receivers.get(key) ?? { tid, stack, issued: 0, now: 0, sum: 0 };
  receivers.set(key, known);
  return known;
}

function move(holding: Holding, t: number, tokens: number): void {
  holding.issued += Math.max(0, tokens);
  holding.now += tokens;
  holding.sum -= tokens * t;
}

function bySums(holdings: Holdings): Watcher {
  const follow = (socket: Socket, t: number) => {
    const known = holding(holdings, socket, UNKNOWN);
    move(known, t, Math.max(0, outstanding(socket)) - known.now);
    known.issued = socket.issued;
  };
  return {
    take({ t }, _, { socket, moved }) {
      if (socket) follow(socket, t);
      for (const one of itemsOf(moved)) follow(one, t);
    },
  };
}

function byToken(holdings: Holdings): Watcher {
  return {
    take(event, _, { socket, issued, gone, entered }) {
      for (const { owner, token } of itemsOf(gone)) move(holding(holdings, owner, token), event.t, -1);
      for (const token of itemsOf(issued))
        if (socket) move(holding(holdings, socket, token), token.issuedAt, 1);
      if (entered === "destroyed" || entered === "swept" || entered === "freed") letGo(holdings, event);
    },
  };
}

/** The kernel took back or swept what was left. */
function letGo(holdings: Holdings, { t }: Event): void {
  for (const [socket, receivers] of holdings)
    if (outstanding(socket) <= 0) for (const one of receivers.values()) move(one, t, -one.now);
}

function samplesOf(socket: Socket, receivers = new Map<string, Holding>(), end: number): Sample[] {
  const kept = socket.closedAt >= 0 ? socket.leaked : tokensOf(socket);
  const size = pageSizeOf(socket);
  // What no receiver is known for: everything where there are only sums, else what lost events took.
  const rest = {
    issued: socket.issued,
    kept: socket.closedAt >= 0 ? socket.heldAtClose : Math.max(0, outstanding(socket)),
  };
  const samples: Sample[] = [];
  for (const [key, one] of receivers) {
    if (one.tid === 0) continue;
    const own = kept.filter((token) => keyOf(token) === key);
    samples.push({
      frames: frames(socket, one),
      values: [heldTime(one, end), one.issued, own.length, pagesUnder(own, size) * size],
    });
    rest.issued -= one.issued;
    rest.kept -= own.length;
  }
  const held = heldTime(receivers.get(keyOf(UNKNOWN)), end);
  const values = [held, rest.issued, rest.kept, rest.kept * size].map((value) => Math.max(0, value));
  if (values.some((value) => value > 0)) samples.push({ frames: frames(socket, UNKNOWN), values });
  return samples;
}

function heldTime(holding: Holding | undefined, end: number): number {
  return holding ? Math.max(0, holding.sum + holding.now * end) : 0;
}

function frames(socket: Socket, { tid, stack }: Receiver): string[] {
  const dmabufs = [
    ...new Set(socket.shares.map(({ binding }) => `${binding.dmabufId} on ${binding.ifname || "?"}`)),
  ];
  return [
    socket.comm || "?",
    socket.pid > 0 ? `pid ${socket.pid}` : "pid ?",
    ...(tid > 0 ? [`thread ${tid}`] : []),
    ...(stack === "" ? [] : stack.split(";")),
    `${socket.local || "?"} <- ${socket.remote || "?"}`,
    dmabufs.length > 0 ? `dma-buf ${dmabufs.join(", ")}` : "dma-buf ?",
  ];
}
