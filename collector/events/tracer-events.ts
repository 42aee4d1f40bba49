// tracer-events - The kinds of events that the tracer adds to those of the probes (probe-events.ts).

import type { KindEntry } from "./traits.ts";

/**
 * What can lose an event. bpftrace: its ring buffer was full · parse: a line could not be read · map: a kernel map was
 * full · skipped: the kernel did not run a probe because it was already running on that CPU (recursion_misses in bpf_prog's
 * fdinfo) · unkept: the recording begins in the middle of the trace, and its first events cannot restore all that came before.
 */
export const LOSSES = ["bpftrace", "parse", "map", "skipped", "unkept"] as const;

/** Every kind the tracer adds. */
export const tracerKinds = {
  // Missing evidence: `count` events were lost before time t. detail: the start of what could not be read, or the probe that
  // was skipped; empty if unknown.
  lost: {
    since: 1,
    is: { about: "trace", family: "evidence", loud: "trouble", carry: { sumBy: "what" } },
    fields: { t: "time", count: "natural", what: LOSSES, detail: "rest" },
  },
  // What a socket holds at t by the kernel's own count: tokens in its xarray, in manual mode outstanding_urefs. whole: 0 if
  // there are more than that. sockmode: 0 xarray, 1 autorelease, 2 manual. open: 0 if no process has it open: closed, but
  // not destroyed. issued, returned: the probes' sums at t (0 at level sampled); still: 1 if they match that count.
  reading: {
    since: 2,
    is: { about: "socket", family: "check", loud: "trouble", carry: "newest" },
    fields: {
      t: "time",
      sk: "hex",
      born: "time",
      sockmode: "int",
      held: "int",
      whole: "natural",
      open: "natural",
      issued: "natural",
      returned: "natural",
      still: "natural",
    },
  },
  // Pages taken from the page pools of a dma-buf (netdev page-pool-get, inflight): tokens, and pages in the NIC's ring,
  // socket queues and caches.
  inflight: {
    since: 2,
    is: { about: "dmabuf", family: "check", loud: "trouble", carry: "nothing" },
    fields: { t: "time", dmabuf: "natural", pages: "natural" },
  },
  // The tracer has read the sockets from the kernel: how many; `moved` of them changed meanwhile; unread: unreadable lines.
  checked: {
    since: 2,
    is: { about: "trace", family: "check", loud: "news", carry: "nothing" },
    fields: { t: "time", sockets: "natural", moved: "natural", unread: "natural" },
  },
  // The sockets cannot be read from the kernel, or no longer. detail: why, in a sentence.
  unchecked: {
    since: 2,
    is: { about: "trace", family: "check", loud: "trouble", carry: "nothing" },
    fields: { t: "time", detail: "rest" },
  },
  // bpftrace ended by itself: after its last line, at `from`, nothing is known. detail: why it ended, one sentence.
  gap: {
    since: 2,
    is: { about: "trace", family: "evidence", loud: "trouble", carry: "every" },
    fields: { t: "time", from: "time", detail: "rest" },
  },
  // Every probe is attached again, with empty maps: their totals start again from 0.
  resumed: {
    since: 2,
    is: { about: "trace", family: "evidence", loud: "news", carry: "every" },
    fields: { t: "time" },
  },
  // bpftrace is running but printed nothing for `silent` ns; a line is due every second.
  stall: {
    since: 2,
    is: { about: "trace", family: "evidence", loud: "trouble", carry: "nothing" },
    fields: { t: "time", silent: "int" },
  },
  // Who a pid was when an event first named it. started: clock ticks since boot (/proc/PID/stat, field 22): a pid is reused,
  // but never with the same start. cgroup: its path (/proc/PID/cgroup, version 2).
  process: {
    since: 2,
    is: { about: "process", family: "task", loud: "silent", carry: { newestBy: ["pid"] } },
    names: "known",
    fields: { t: "time", pid: "natural", started: "natural", cgroup: "rest" },
  },
  // What tracing has cost so far, once a second and at the end. ns, runs: of all its BPF programs (0 if the kernel does not
  // count them); tool, bpftrace: CPU time of the two processes since the probes were attached, us; traced: that of the
  // receiving processes since the trace first saw them, us; events: parsed.
  cost: {
    since: 2,
    is: { about: "trace", family: "cost", loud: "idle", carry: "nothing" },
    fields: { t: "time", ns: "int", runs: "int", tool: "int", bpftrace: "int", traced: "int", events: "int" },
  },
  // One BPF program so far, every five seconds and at the end: ns in it and runs. name: its attach point.
  program: {
    since: 2,
    is: { about: "trace", family: "cost", loud: "idle", carry: "nothing" },
    fields: { t: "time", ns: "int", runs: "int", name: "rest" },
  },
  // The last event: why the trace ended. After `died` everything since the event before is unknown; after `continued` the
  // trace goes on in another file, or unrecorded. detail: one sentence for the user, empty if stopped on purpose.
  end: {
    since: 1,
    is: { about: "trace", family: "life", loud: "news", carry: "nothing" },
    fields: { t: "time", reason: ["stopped", "died", "continued"], detail: "rest" },
  },
} as const satisfies Record<string, KindEntry>;
