// shares - What a sampled receiver did in the kernel: the shares of token bookkeeping.

import { readFileSync } from "node:fs";
import type { ProbeEvent } from "../../collector/events/event.ts";
import { BOOKKEEPING, classOf } from "../../collector/ledger/profile/cpu-samples.ts";

export type Sample = ProbeEvent<"sample">;

/** Samples the process that its $1 names. */
export const SAMPLER = readFileSync(new URL("sampler.bt", import.meta.url), "utf8");

/**
 * Shares of the samples in the kernel. Both options have part of their bookkeeping inlined in tcp_recvmsg_dmabuf, where no
 * symbol separates it from the receiving around it: 0 the page's uref, 1 the pool of reserved numbers. So the share by
 * symbols is the least that it can be, and with that function's own samples the most. `own`: the share of the samples
 * without the NIC's work, which is a copy by the CPU here and none in hardware.
 */
export interface Shares {
  samples: number;
  least: number;
  most: number;
  own: number;
  kernel: number;
}

const NIC = "interrupts and the NIC's work";

/** The shares of one run. */
export function sharesOf(all: readonly Sample[]): Shares {
  const kernel = all.filter(({ stack }) => stack !== "");
  const least = kernel.filter(({ stack }) => BOOKKEEPING.includes(classOf(stack))).length;
  const inlined = kernel.filter(({ stack }) => stack.endsWith("tcp_recvmsg_dmabuf")).length;
  const own = kernel.filter(({ stack }) => classOf(stack) !== NIC).length;
  return {
    samples: all.length,
    least: least / kernel.length,
    most: (least + inlined) / kernel.length,
    own: least / own,
    kernel: kernel.length / all.length,
  };
}
