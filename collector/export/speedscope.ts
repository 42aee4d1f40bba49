// speedscope - Stacks as a file of speedscope.app: one profile per weight. Its schema: file-format-schema.json of the npm package.

import { printable } from "../base/format.ts";
import { TOOL } from "../base/version.ts";
import { ofHeldTokens } from "./held.ts";
import { type Stacks, type Weight, whole } from "./stacks.ts";

const UNITS = { count: "none", bytes: "bytes", nanoseconds: "nanoseconds" } as const;

/** The whole file; a profile lists the stacks that weigh something in it. */
export async function* writeSpeedscope(stacks: Stacks) {
  const frames = new Map<string, number>();
  const indexed = stacks.samples.map(({ frames: names, values }) => ({
    stack: names.map((name) => indexOf(frames, printable(name))),
    values,
  }));
  const profiles = stacks.weights.map((weight, i) =>
    profileOf(
      weight,
      indexed.map(({ stack, values }) => ({ stack, value: whole(values[i]) })),
    ),
  );
  yield `${JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: `devmem-trace ${stacks.wall}`,
    exporter: TOOL,
    activeProfileIndex: 0,
    shared: { frames: [...frames.keys()].map((name) => ({ name })) },
    profiles,
  })}\n`;
}

function profileOf({ name, unit }: Weight, samples: { stack: number[]; value: number }[]) {
  const weighty = samples.filter(({ value }) => value > 0);
  return {
    ...{ type: "sampled", name, unit: UNITS[unit] },
    startValue: 0,
    endValue: weighty.reduce((sum, { value }) => sum + value, 0),
    samples: weighty.map(({ stack }) => stack),
    weights: weighty.map(({ value }) => value),
  };
}

/** The index of `name` in the table, which gets it if it has not. */
function indexOf(table: Map<string, number>, name: string): number {
  const known = table.get(name) ?? table.size;
  table.set(name, known);
  return known;
}

export const speedscope = ofHeldTokens(writeSpeedscope);
