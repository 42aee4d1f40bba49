// misbehave - The wrong things done before and after the stream; the effect of each is known beforehand.
import { setImmediate as turn } from "node:timers/promises";
import { PollSet } from "../../../collector/kernel/native.ts";
import { Failure } from "../failure.ts";
import type { Job } from "../job/options.ts";
import { STRUCT_LIMIT } from "../job/plan.ts";
import { type Connection, rangesOf } from "../socket/connection.ts";
import { FRAG_LIMIT } from "../socket/tally.ts";
import type { Buffers } from "./stream.ts";

const POLL_MS = 50;
const TOO_SMALL = 8; // bytes of control buffer: less than one cmsg header

/** Failing recvmsg calls and peeks, spread over the connections, while nothing has been read yet. */
export async function beforeStream(connections: Connection[], buffers: Buffers, job: Job): Promise<void> {
  const { message, issue } = buffers;
  await spread(job.plain, connections, (one) => one.fail(message, issue, { devmem: false }));
  await spread(job.cramped, connections, (one) =>
    one.fail(message, issue, { devmem: true, room: TOO_SMALL }),
  );
  await spread(job.peek, connections, (one) => {
    const tokens = one.peek(message, issue);
    if (job.peekReturn) inCalls(tokens, (some) => one.giveBack(some));
    else one.peeked.push(...tokens);
  });
  for (const [i, target] of job.peekTo.entries()) await peekTo(connections[i] as Connection, buffers, target);
}

/** Peeks until `target` tokens are out, and returns the surplus of the last peek. */
async function peekTo(connection: Connection, { message, issue }: Buffers, target: number): Promise<void> {
  while (connection.tally.held < target) {
    await untilReadable(connection);
    const tokens = connection.peek(message, issue);
    const surplus = Math.max(0, connection.tally.held - target);
    connection.peeked.push(...tokens.slice(surplus));
    inCalls(tokens.slice(0, surplus), (some) => connection.giveBack(some));
  }
}

/** Calls `act` this many times, on the connections in turn, each when it has something to read. */
async function spread(
  times: number,
  connections: Connection[],
  act: (one: Connection) => void,
): Promise<void> {
  for (let i = 0; i < times; i++) {
    const connection = connections[i % connections.length] as Connection;
    await untilReadable(connection);
    act(connection);
  }
}

async function untilReadable({ fd }: Connection): Promise<void> {
  const readable = new PollSet([fd]);
  while (readable.wait(POLL_MS) === 0) await turn();
}

/** What is done with the reserve, once all other tokens are returned and no more arrive. */
export function afterStream(connections: Connection[], job: Job): void {
  const [first, second] = connections as [Connection, Connection];
  checkWithheld(connections);
  if (job.overFrags) overFrags(first, first.reserve.splice(0, job.overFrags), job.overFragsRest);
  if (job.oversized) oversized(first, first.reserve.splice(0, job.oversized));
  if (job.wrongSocket) wrongSocket(first, second, job.wrongSocket);
  if (job.returnTwice)
    inCalls(first.reserve.splice(0, job.returnTwice), (tokens) => returnTwice(first, tokens));
  inCalls(first.reserve.splice(0), (tokens) => first.giveBack(tokens));
}

function checkWithheld(connections: Connection[]): void {
  const short = connections.some(
    ({ plan, kept, reserve }) => kept.length < plan.keep || reserve.length < plan.reserve,
  );
  if (short) throw new Failure("the stream had too few tokens for this job: raise bytes");
}

/** One call with more frags than the kernel accepts: it frees the first 1024 and stops. */
function overFrags(connection: Connection, tokens: number[], rest: "keep" | "return"): void {
  const ranges = rangesOf(tokens);
  if (ranges.length > STRUCT_LIMIT)
    throw new Failure(`${tokens.length} tokens in ${ranges.length} runs do not fit one call: lower keep`);
  const inOrder = ranges.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
  connection.giveBackRanges(ranges);
  if (rest === "return") inCalls(inOrder.slice(FRAG_LIMIT), (left) => connection.giveBack(left));
  else connection.kept.push(...inOrder.slice(FRAG_LIMIT));
}

/** More structs than the kernel takes: refused as a whole. */
function oversized(connection: Connection, tokens: number[]): void {
  connection.giveBack(tokens);
  connection.kept.push(...tokens);
}

/** Tokens of the first connection returned on the second, which has none of those numbers; in manual mode its binding has. */
function wrongSocket(first: Connection, second: Connection, count: number): void {
  const foreign = first.reserve.filter((token) => !second.kept.includes(token)).slice(0, count);
  const freed = Math.max(0, second.giveBack(foreign));
  second.tally.wereOf(first.tally, freed, false);
  first.kept.push(...foreign.slice(freed));
  first.reserve = first.reserve.filter((token) => !foreign.includes(token));
}

/** Nothing is received between the two calls, so no number can be in use again. */
function returnTwice(connection: Connection, tokens: number[]): void {
  connection.giveBack(tokens);
  connection.giveBack(tokens);
}

function inCalls(tokens: number[], act: (some: number[]) => void): void {
  for (let i = 0; i < tokens.length; i += STRUCT_LIMIT) act(tokens.slice(i, i + STRUCT_LIMIT));
}
