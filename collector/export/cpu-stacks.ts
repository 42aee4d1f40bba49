// cpu-stacks - Level profile: CPU samples of receiving threads, as weighted stacks beside those of held tokens.

import type { Ledger } from "../ledger/state/ledger.ts";
import type { Stacks, Weight } from "./stacks.ts";

/** Samples of the CPU clock, at 99 Hz. */
const CPU: Weight = { name: "cpu", unit: "count" };

/** The frame of a sample that has no kernel function. */
export const USER_SPACE = "user space";

/** The stacks and, if the recording has CPU samples, those as one more weight. */
export function withCpu(stacks: Stacks, { samples, sockets }: Ledger): Stacks {
  if (samples.size === 0) return stacks;
  const comms = new Map(sockets.map(({ pid, comm }) => [pid, comm]));
  const others = stacks.weights.map(() => 0);
  const cpu = [...samples.values()].map(({ pid, stack, times }) => ({
    frames: [comms.get(pid) ?? "?", `pid ${pid}`, ...(stack === "" ? [USER_SPACE] : stack.split(";"))],
    values: [...others, times],
  }));
  const rest = stacks.samples.map(({ frames, values }) => ({ frames, values: [...values, 0] }));
  return { ...stacks, weights: [...stacks.weights, CPU], samples: [...rest, ...cpu] };
}
