// plan - How many tokens each connection withholds, and whether the job is possible at all.
import { PAGE_SIZE } from "../device/binding.ts";
import { UsageError } from "../failure.ts";
import { FRAG_LIMIT } from "../socket/tally.ts";
import type { Job } from "./options.ts";

/** The kernel takes so many dmabuf_token structs in one call (MAX_DONTNEED_TOKENS in net/core/sock.c). */
export const STRUCT_LIMIT = 128;

/** The step of `switch` that returns everything. */
export const RETURN = "return";

/** Payload bytes that always fit in a receive queue that is not read (less than the default of net.ipv4.tcp_rmem). */
const QUEUED = 40_000;

/** What one connection does not return during the stream. */
export type Plan = {
  /** Tokens never returned; one of `stride` tokens of the stream is kept. */
  keep: number;
  stride: number;
  /** Tokens held back for the misuse after the stream. */
  reserve: number;
  /** The end of the stream comes from a second binding. */
  moves: boolean;
};

/** Splits `total` among the first `among` of `connections`, as evenly as possible, the first ones getting one more. */
export function shares(total: number, among: number, connections: number): number[] {
  const least = Math.floor(total / among);
  return Array.from({ length: connections }, (_, i) => (i < among ? least + (i < total % among ? 1 : 0) : 0));
}

/** One plan per connection. */
export function plansFor(job: Job): Plan[] {
  const kept = shares(job.keep, job.leaky || job.connections, job.connections);
  const tokens = Math.floor(bytesToKeepOf(job) / PAGE_SIZE);
  return kept.map((keep, i) => ({
    keep,
    stride: Math.max(1, Math.floor(tokens / Math.max(1, keep) / 2)),
    reserve: i === 0 ? reserveOf(job, kept[1] ?? 0) : 0,
    moves: job.secondQueue > 0,
  }));
}

/** Bytes of a connection that its kept tokens must come from: before the tail, or after all were returned. */
function bytesToKeepOf({ bytes, tail, switch: steps }: Job): number {
  return steps.includes(RETURN) ? tail : bytes - tail;
}

/** So many tokens of the first connection include enough whose numbers the second does not hold. */
function reserveOf(job: Job, heldBySecond: number): number {
  const foreign = job.wrongSocket === 0 ? 0 : job.wrongSocket + heldBySecond;
  return job.overFrags + job.oversized + job.returnTwice + foreign;
}

/** Throws UsageError when the job contradicts itself or needs more tokens or pages than it has. */
export function checkPlan(job: Job): void {
  const broken = rules(job).find(([holds]) => !holds);
  if (broken) throw new UsageError(`${job.name ? `job ${job.name}: ` : ""}${broken[1]}`);
}

function rules(job: Job): [holds: boolean, sentence: string][] {
  const away = job.close !== "normal";
  const between = job.switch.length > 0 || job.secondQueue > 0 || job.unbindRace;
  return [
    [job.leaky <= job.connections, "leaky cannot be more than connections"],
    [!job.leaky || job.keep > 0, "leaky says who shares keep, and keep is 0"],
    [!job.wrongSocket || job.connections > 1, "wrongSocket needs connections of at least 2"],
    [!job.wrongSocket || !job.peek || job.peekReturn, "wrongSocket with peek needs peekReturn"],
    [!job.oversized || job.oversized > STRUCT_LIMIT, `oversized must be more than ${STRUCT_LIMIT}`],
    [!job.overFrags || job.overFrags > FRAG_LIMIT, `overFrags must be more than ${FRAG_LIMIT}`],
    [!job.peekReturn || job.peek > 0, "peekReturn says what becomes of peek, and peek is 0"],
    [job.peekTo.length <= job.connections, "peekTo names more connections than there are"],
    [!job.runDry || !job.returnLate, "runDry and returnLate both say when to return: use one"],
    [!job.rest || job.runDry > 0, "rest says how to run dry, and runDry is 0"],
    [!(job.dup && job.fork), "dup and fork both say who closes last: use one"],
    [
      !away || !(job.dup || job.fork || job.unbindFirst),
      `with close ${job.close}, each of dup, fork and unbindFirst has no effect`,
    ],
    [job.tail < job.bytes, "tail must be less than bytes"],
    [!between || job.tail > 0, "switch, secondQueue and unbindRace are done before the tail, and tail is 0"],
    [!away || !between, `with close ${job.close}, each of switch, secondQueue and unbindRace has no effect`],
    [!job.tail || !job.runDry, "runDry and tail both stop the stream: use one"],
    [!job.queue.includes(job.secondQueue), "secondQueue must not be one of queue"],
    [
      !job.unbindRace || job.tail <= QUEUED,
      `unbindRace needs a tail of at most ${QUEUED} bytes: all of it must fit in the receive queue`,
    ],
    [!job.unbindRace || !job.unbindFirst, "unbindRace and unbindFirst both say when to unbind: use one"],
    [!job.returnVia || job.connections > 1, "returnVia needs connections of at least 2"],
    [!job.returnVia || !(away || job.dup || job.fork || job.finWait), "returnVia needs an ordinary close"],
    [
      job.returnVia <= (plansFor(job)[0]?.keep ?? 0),
      "returnVia is more than the first connection's share of keep",
    ],
    ...supplies(job),
  ];
}

function supplies(job: Job): [holds: boolean, sentence: string][] {
  const plans = plansFor(job);
  const need = Math.max(...plans.map((plan) => plan.keep + plan.reserve));
  const hold = plans.reduce((sum, plan) => sum + plan.keep + plan.reserve, 0);
  const room = job.dmabufPages * PAGE_SIZE;
  return [
    [
      need * PAGE_SIZE <= bytesToKeepOf(job),
      `bytes must be at least ${need * PAGE_SIZE} for ${need} tokens of one connection (those of the tail count only after a return)`,
    ],
    [hold < job.dmabufPages, `dmabufPages must be more than the ${hold} tokens held back`],
    [
      !job.runDry || job.bytes * job.connections > room,
      `runDry needs more than the dma-buf's ${room} bytes: raise bytes or lower dmabufPages`,
    ],
  ];
}
