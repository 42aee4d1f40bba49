// pages - How many pages of a dma-buf are in use, and how soon every one is. Tokens are not pages: several may lie on one.

import type { Binding, HeldSample } from "../state/socket-and-binding.ts";

/** Pages (net_iovs) of the dma-buf; 0 if its size is not known. */
export function pages(binding: Binding): number {
  return Math.floor(binding.bytes / binding.pageSize);
}

/**
 * The most pages that `tokens` of it can lie on: one each, but no more than it has, nor than the kernel last counted out of
 * its page pools (page_pool_inflight) and was issued since. A dma-buf is freed once no page of it is held.
 */
export function pagesHeld(binding: Binding, tokens = heldNow(binding)): number {
  const { inflight, issuedSinceInflight } = binding;
  if (binding.freedAt >= 0) return 0;
  const counted = inflight === null ? tokens : inflight + issuedSinceInflight;
  return Math.max(0, Math.min(tokens, counted, pages(binding) || tokens));
}

/** Tokens of it that are held: none once it is freed, whatever was counted. */
export function heldNow({ freedAt, outstanding }: Binding): number {
  return freedAt >= 0 ? 0 : outstanding;
}

/** Slope over this much time: long enough to smooth batches, short enough to follow the workload. */
const SLOPE_WINDOW_NS = 2e9;
const SAMPLE_GAP_NS = 5e7;

/** Keeps how many tokens are held at `t`, for timeToExhaustion: the samples of about two seconds. */
export function sample(binding: Binding, t: number): void {
  const { samples, outstanding: held } = binding;
  const last = samples.at(-1);
  if (last && t - last.t < SAMPLE_GAP_NS) {
    last.held = held;
    return;
  }
  samples.push({ t, held });
  while ((samples[0] as HeldSample).t < t - SLOPE_WINDOW_NS) samples.shift();
}

/**
 * Nanoseconds until every page is in use at the rate of the last two seconds; null if the number of held tokens does not
 * grow, or what is in use is not known. Where the kernel's count of pages is not known, pages waiting in the NIC's ring or
 * in socket queues count as free: the pages are really exhausted sooner.
 */
export function timeToExhaustion(binding: Binding): number | null {
  const { samples } = binding;
  const [first, last] = [samples[0], samples.at(-1)];
  const all = pages(binding);
  const used = pagesUsed(binding);
  if (!first || !last || last.held <= first.held || all === 0 || used === null) return null;
  const perNs = (pagesPerToken(binding) * (last.held - first.held)) / (last.t - first.t);
  return Math.max(0, Math.round((all - used) / perNs));
}

/** By the kernel's last count and the tokens since; null: tokens share pages, and the kernel's count is not known. */
function pagesUsed(binding: Binding): number | null {
  const { outstanding, inflight, heldAtInflight } = binding;
  if (inflight === null) return outstanding > pages(binding) ? null : outstanding;
  return inflight + pagesPerToken(binding) * (outstanding - heldAtInflight);
}

/** Below 1 where the kernel counted fewer pages than tokens were held. */
function pagesPerToken({ inflight, heldAtInflight }: Binding): number {
  return inflight === null || heldAtInflight <= inflight ? 1 : inflight / heldAtInflight;
}
