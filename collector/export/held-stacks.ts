// held-stacks - Who held tokens, as weighted stacks: program, process, thread, receiving functions, socket, dma-buf.

import { listsBy } from "../base/lists.ts";
import { pageSizeOf, pagesUnder } from "../ledger/pinned.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import type { Token } from "../ledger/state/token.ts";
import { tokensOf } from "../ledger/tokens/books.ts";
import type { Stream } from "../recording/stream.ts";
import { select } from "../report/selection.ts";
import { withCpu } from "./cpu-stacks.ts";
import type { Exporter, ExportOptions } from "./exporter.ts";
import { type Holding, Holdings, heldTime, keyOf, type Receiver, UNKNOWN, watcherOf } from "./holdings.ts";
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

/** An exporter of held tokens in the format of `write`. */
export function ofHeldTokens(write: StackWriter): Exporter {
  return async function* (stream: Stream, options: ExportOptions) {
    yield* write(await heldStacks(stream), options);
  };
}

/** Reads the stream to its end. */
export async function heldStacks(stream: Stream): Promise<Stacks> {
  const { level, wall } = stream.header;
  const holdings = new Holdings();
  const { whole } = await select(stream, {}, watcherOf(holdings, level));
  const samples = whole.sockets.flatMap((socket) => samplesOf(socket, holdings.of(socket), whole.now));
  return withCpu({ weights: WEIGHTS, samples, wall, duration: whole.now }, whole);
}

/** In the order of the weights. */
interface Weighed {
  held: number;
  issued: number;
  kept: number;
  pinned: number;
}

/** A sample for each receiver, and one for what no receiver is known for: everything where there are only sums, else what lost events took. */
function samplesOf(socket: Socket, holdings: ReadonlyMap<string, Holding>, end: number): Sample[] {
  const known = [...holdings.values()].filter(({ tid }) => tid !== 0);
  const kept = keptByReceiver(socket);
  const size = pageSizeOf(socket);
  const weighed = known.map((holding) => weigh(holding, kept.get(keyOf(holding)) ?? [], size, end));
  const samples = known.map((holding, i) => sampleOf(socket, holding, weighed[i] as Weighed));
  const rest = restOf(socket, weighed, heldTime(holdings.get(keyOf(UNKNOWN)), end));
  return isNothing(rest) ? samples : [...samples, sampleOf(socket, UNKNOWN, rest)];
}

function weigh(holding: Holding, kept: Token[], size: number, end: number): Weighed {
  return {
    held: heldTime(holding, end),
    issued: holding.issued,
    kept: kept.length,
    pinned: pagesUnder(kept, size) * size,
  };
}

function keptByReceiver(socket: Socket): Map<string, Token[]> {
  const kept = socket.closedAt >= 0 ? socket.leaked : tokensOf(socket);
  return listsBy(kept, keyOf);
}

/** What the socket has beyond what its receivers have. */
function restOf(socket: Socket, weighed: Weighed[], held: number): Weighed {
  const sum = (of: (one: Weighed) => number) => weighed.reduce((all, one) => all + of(one), 0);
  const kept = socket.closedAt >= 0 ? socket.heldAtClose : Math.max(0, outstanding(socket));
  const unknown = Math.max(0, kept - sum((one) => one.kept));
  return {
    held: Math.max(0, held),
    issued: Math.max(0, socket.issued - sum((one) => one.issued)),
    kept: unknown,
    pinned: unknown * pageSizeOf(socket),
  };
}

function isNothing({ held, issued, kept, pinned }: Weighed): boolean {
  return held + issued + kept + pinned === 0;
}

function sampleOf(socket: Socket, receiver: Receiver, { held, issued, kept, pinned }: Weighed): Sample {
  return { frames: frames(socket, receiver), values: [held, issued, kept, pinned] };
}

function frames(socket: Socket, { tid, stack }: Receiver): string[] {
  return [
    socket.comm || "?",
    socket.pid > 0 ? `pid ${socket.pid}` : "pid ?",
    ...(tid > 0 ? [`thread ${tid}`] : []),
    ...(stack === "" ? [] : stack.split(";")),
    `${socket.local || "?"} <- ${socket.remote || "?"}`,
    dmabufsText(socket),
  ];
}

function dmabufsText({ shares }: Socket): string {
  const names = new Set(shares.map(({ binding }) => `${binding.dmabufId} on ${binding.ifname || "?"}`));
  return names.size > 0 ? `dma-buf ${[...names].join(", ")}` : "dma-buf ?";
}
