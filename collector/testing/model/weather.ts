// weather - What befalls the tracer in a run, by chance.

import type { Random } from "./random.ts";

/** Programs of the probes whose runs a preempted kernel may skip. */
export const SKIPPABLE = [
  "fentry:tcp_xa_pool_commit_locked",
  "fexit:tcp_recvmsg_dmabuf",
  "fexit:sock_devmem_dontneed",
  "fentry:tcp_close",
  "fexit:tcp_v4_destroy_sock",
  "fentry:net_devmem_unbind_dmabuf",
  "fentry:dma_buf_detach",
  "kretprobe:net_devmem_bind_dmabuf",
] as const;

/** What may befall the tracer in a run; most runs are spared most of it. */
export interface Weather {
  late: boolean;
  losses: boolean;
  skips: boolean;
  kills: boolean;
  readings: boolean;
  smallMaps: boolean;
}

export function weatherOf(random: Random): Weather {
  return {
    late: random.chance(0.3),
    losses: random.chance(0.3),
    skips: random.chance(0.2),
    kills: random.chance(0.1),
    readings: random.chance(0.8),
    smallMaps: random.chance(0.03),
  };
}
