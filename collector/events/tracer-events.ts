// tracer-events - The one table of what the tracer itself has to say, beside the probes' lines (grammar.ts).

import type { Fields } from "./fields.ts";

/**
 * What can lose an event. bpftrace: its ring buffer was full · parse: a line nobody could read · map: a kernel map was
 * full · skipped: the kernel did not run a probe, as it was running already on that CPU (recursion_misses in bpf_prog's fdinfo) ·
 * unkept: the recording begins in the middle of the trace, and what came before cannot be told by the lines it begins with.
 */
export const LOSSES = ["bpftrace", "parse", "map", "skipped", "unkept"] as const;

/** Every event the tracer adds. */
export const own = {
  // Evidence that is missing: `count` events, known to be lost by time t. detail: what could not be read, shortened;
  // empty where nothing is known of it.
  lost: { t: "time", count: "int", what: LOSSES, detail: "rest" },
  // What the kernel itself says a socket holds at t: tokens in its xarray, in manual mode outstanding_urefs. whole: 0 when
  // there are more than that. sockmode: 0 xarray, 1 autorelease, 2 manual. open: 0 when no process has it any more: closed,
  // not destroyed. issued, returned: the probes' sums then (0 at level sampled); still: 1 when they belong to it.
  reading: {
    ...{ t: "time", sk: "hex", born: "time", sockmode: "int", held: "int" },
    ...{ whole: "int", open: "int", issued: "int", returned: "int", still: "int" },
  },
  // Pages out of the page pools fed by a dma-buf (netdev page-pool-get, inflight): in tokens, and in the NIC's ring, socket
  // queues and caches.
  inflight: { t: "time", dmabuf: "int", pages: "int" },
  // The kernel has been read: so many sockets, of which `moved` did not stand still; unread: lines nobody could read.
  checked: { t: "time", sockets: "int", moved: "int", unread: "int" },
  // The kernel cannot be read, or not any more: why, in a sentence.
  unchecked: { t: "time", detail: "rest" },
  // bpftrace ended by itself: from `from`, its last line, on nothing is known. detail: why it ended, one sentence.
  gap: { t: "time", from: "time", detail: "rest" },
  // Every probe is attached again, and every map of theirs is empty: their totals start anew.
  resumed: { t: "time" },
  // bpftrace runs, but no line came for `silent` ns, though one is due every second.
  stall: { t: "time", silent: "int" },
  // Who a pid was when a line first named it. started: clock ticks since boot (/proc/PID/stat, field 22): a pid is used
  // again, never with the same start. cgroup: its path (/proc/PID/cgroup, of version 2).
  process: { t: "time", pid: "int", started: "int", cgroup: "rest" },
  // What the tracer has cost so far, once a second and at the end. ns, runs: of all its BPF programs (0 where the kernel does not count);
  // tool, bpftrace: CPU time of the two processes since the probes were attached, us; traced: that of the receiving processes since the trace first met them, us; events: parsed.
  cost: { t: "time", ns: "int", runs: "int", tool: "int", bpftrace: "int", traced: "int", events: "int" },
  // One BPF program so far, every five seconds and at the end: ns inside and runs. name: what it is attached to.
  program: { t: "time", ns: "int", runs: "int", name: "rest" },
  // The trace's last event: why it ended. `died` leaves everything after the last event before it unknown; after
  // `continued` the trace goes on in another file, or unrecorded. detail: one sentence for the user, empty when stopped on purpose.
  end: { t: "time", reason: ["stopped", "died", "continued"], detail: "rest" },
} as const satisfies Record<string, Fields>;

export type Own = typeof own;
