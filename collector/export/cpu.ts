// cpu - What receiving threads did with the CPU, as weighted stacks beside those of held tokens. Level profile.

import type { Ledger } from "../ledger/state.ts";
import type { Stacks, Weight } from "./stacks.ts";

/** Samples of the CPU's clock, 99 Hz. */
const CPU: Weight = { name: "cpu", unit: "count" };

/** What a sample without a kernel function is. */
export const USER_SPACE = "user space";

/** The stacks with the samples of the recording, if it has any, as one weight more. */
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
