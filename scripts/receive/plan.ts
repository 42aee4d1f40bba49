// plan.ts - how many tokens each connection withholds, and whether what is asked for can be had at all.
import { PAGE_SIZE } from "./binding.ts";
import { FRAG_LIMIT } from "./book.ts";
import { UsageError } from "./failure.ts";
import type { Job } from "./options.ts";

/** The kernel takes so many dmabuf_token structs in one call (MAX_DONTNEED_TOKENS in net/core/sock.c). */
export const STRUCT_LIMIT = 128;

/** What one connection does not return as it goes. */
export type Plan = {
  /** Tokens never returned, and how many of the stream's tokens there are for each of them. */
  keep: number;
  stride: number;
  /** Tokens held back for what is done after the stream. */
  reserve: number;
};

/** Splits `total` among the first `among` of `connections`, as evenly as possible, the first ones getting one more. */
export function shares(total: number, among: number, connections: number): number[] {
  const least = Math.floor(total / among);
  return Array.from({ length: connections }, (_, i) => (i < among ? least + (i < total % among ? 1 : 0) : 0));
}

/** One plan per connection. */
export function plansFor(job: Job): Plan[] {
  const kept = shares(job.keep, job.leaky || job.connections, job.connections);
  const tokens = Math.floor(job.bytes / PAGE_SIZE);
  return kept.map((keep, i) => ({
    keep,
    stride: Math.max(1, Math.floor(tokens / Math.max(1, keep) / 2)),
    reserve: i === 0 ? reserveOf(job, kept[1] ?? 0) : 0,
  }));
}

/** Among so many tokens of the first connection, there are enough whose numbers the second does not hold. */
function reserveOf(job: Job, heldBySecond: number): number {
  const foreign = job.wrongSocket === 0 ? 0 : job.wrongSocket + heldBySecond;
  return job.overFrags + job.oversized + job.returnTwice + foreign;
}

/** Throws UsageError when the job contradicts itself or needs more tokens or pages than there are. */
export function checkPlan(job: Job): void {
  const broken = rules(job).find(([holds]) => !holds);
  if (broken) throw new UsageError(`${job.name ? `job ${job.name}: ` : ""}${broken[1]}`);
}

function rules(job: Job): [holds: boolean, sentence: string][] {
  const away = job.close !== "normal";
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
      `close ${job.close} leaves dup, fork and unbindFirst no say`,
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
      need * PAGE_SIZE <= job.bytes,
      `bytes must be ${need * PAGE_SIZE} at least, for ${need} tokens of one connection`,
    ],
    [hold < job.dmabufPages, `dmabufPages must be more than the ${hold} tokens held back`],
    [
      !job.runDry || job.bytes * job.connections > room,
      `runDry needs more than the dma-buf's ${room} bytes: raise bytes or lower dmabufPages`,
    ],
  ];
}
