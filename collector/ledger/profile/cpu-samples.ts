// cpu-samples - Where receiving threads spent their CPU time: samples of kernel stacks, by class of kernel symbol.

import type { ProbeEvent } from "../../events/event.ts";

/** Equal samples of one process. */
export interface Sample {
  pid: number;
  /** Kernel functions, outermost first, joined by ";"; empty in user space. */
  stack: string;
  times: number;
}

/** Different samples that are kept. Those beyond count in their class, by a frame that names it. */
const MOST = 8192;
/** Characters of a stack that are kept, from the inside: what decides its class is there. */
const LONGEST = 8192;

/** Adds a sample to the equal ones. */
export function addSample(samples: Map<string, Sample>, { pid, stack }: ProbeEvent<"sample">): void {
  const known = samples.get(`${pid} ${stack}`);
  if (known) known.times += 1;
  else if (samples.size < MOST) addNew(samples, pid, stack.length <= LONGEST ? stack : stack.slice(-LONGEST));
  else addNew(samples, 0, stack === "" ? "" : folded(classOf(stack)));
}

function addNew(samples: Map<string, Sample>, pid: number, stack: string): void {
  const key = `${pid} ${stack}`;
  const known = samples.get(key);
  if (known) known.times += 1;
  else samples.set(key, { pid, stack, times: 1 });
}

/** The frame of samples of which only the class is kept. */
function folded(name: string): string {
  return `(${name})`;
}

interface Class {
  name: string;
  /** Which frame of a stack decides: any, the innermost only, or the innermost that any row of this kind names. */
  by: "any" | "innermost" | "first";
  functions: RegExp;
  /** Only where a function of this name stands further out. */
  within?: RegExp;
}

/**
 * The classes, and the kernel functions (6.12 to 7.x) that make a sample one of theirs. Rows `any` come before rows
 * `innermost`, these before rows `first`. With option 0 the issue side counts a page's reference inside
 * tcp_recvmsg_dmabuf itself, which no symbol distinguishes from the receiving around it: it is in "copy and receive".
 */
const TABLE: readonly Class[] = [
  {
    name: "our own probes",
    by: "any",
    functions: /^(bpf_prog_|kprobe_ftrace_handler$|bpf_for_each_map_elem)/,
  },
  { name: "our own probes", by: "innermost", functions: /^(bpf_trampoline_|__bpf_(prog|tramp)_|ftrace_)/ },
  {
    name: "lock waiting",
    by: "first",
    functions:
      /^((native_|__pv_)?queued_spin_lock_slowpath|__lock_sock|__mutex_lock|rwsem_down_|osq_lock|queued_(read|write)_lock_slowpath)/,
  },
  { name: "token bookkeeping (uref)", by: "first", functions: /^sock_devmem_dontneed_manual_release$/ },
  {
    name: "token bookkeeping (xarray)",
    by: "first",
    functions: /^(xas_|xa_|__xa_|tcp_xa_pool_|sock_devmem_dontneed_autorelease$)/,
  },
  { name: "return path", by: "first", functions: /^sock_devmem_dontneed/ },
  // Putting a page back into its pool is the same work in every mode, and not part of the bookkeeping that leads to it.
  {
    name: "return path",
    by: "first",
    functions: /^napi_pp_put_page$/,
    within: /^sock_devmem_dontneed/,
  },
  {
    name: "interrupts and the NIC's work",
    by: "first",
    functions:
      /^(handle_softirqs|__do_softirq|do_softirq|irq_exit|__irq_exit|sysvec_|asm_sysvec_|asm_common_interrupt|common_interrupt)/,
  },
  {
    name: "copy and receive",
    by: "first",
    functions: /^(tcp_recvmsg|inet6?_recvmsg|sock_recvmsg|_*sys_recvmsg|put_cmsg)/,
  },
];

const OTHER = "other kernel";
const USER = "user space";

/** Names of all classes, in the order shown. */
export const CLASSES: readonly string[] = [...new Set(TABLE.map(({ name }) => name)), OTHER, USER];

/** The classes of token bookkeeping. */
export const BOOKKEEPING: readonly string[] = CLASSES.filter((name) => name.startsWith("token bookkeeping"));

const FOLDED: ReadonlyMap<string, string> = new Map(CLASSES.map((name) => [folded(name), name]));

/** The class of one stack (outermost first, joined by ";"). */
export function classOf(stack: string): string {
  if (stack === "") return USER;
  const known = FOLDED.get(stack);
  if (known) return known;
  const frames = stack.split(";").reverse();
  const rows = TABLE.filter(({ within }) => !within || frames.some((frame) => within.test(frame)));
  const decided =
    row(rows, "any", frames) ??
    row(rows, "innermost", frames.slice(0, 1)) ??
    firstOf(frames, (frame) => row(rows, "first", [frame]));
  return decided ?? OTHER;
}

/** The class of the first row of its kind that names one of `frames`. */
function row(rows: readonly Class[], by: Class["by"], frames: string[]): string | undefined {
  return rows.find((one) => one.by === by && frames.some((frame) => one.functions.test(frame)))?.name;
}

function firstOf<T, R>(list: readonly T[], of: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = of(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Samples of each class, in the order of CLASSES; classes without a sample too. */
export function byClass(samples: readonly Sample[]): { name: string; times: number }[] {
  const times = new Map(CLASSES.map((name) => [name, 0]));
  for (const { stack, times: n } of samples) {
    const name = classOf(stack);
    times.set(name, (times.get(name) ?? 0) + n);
  }
  return [...times].map(([name, n]) => ({ name, times: n }));
}
