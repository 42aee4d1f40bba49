// speedscope - Stacks as a file of speedscope.app: one profile per weight. Its schema: file-format-schema.json of the npm package.

import { printable } from "../base/format.ts";
import { compactJson } from "../base/json.ts";
import { TOOL } from "../base/version.ts";
import { ofHeldTokens } from "./held-stacks.ts";
import { type Stacks, type Weight, whole } from "./stacks.ts";

const UNITS = { count: "none", bytes: "bytes", nanoseconds: "nanoseconds" } as const;

/** The whole file; a profile lists the stacks that weigh something in it. */
export async function* writeSpeedscope(stacks: Stacks) {
  const frames = new Map<string, number>();
  const indexed = stacks.samples.map(({ frames: names, values }) => ({
    stack: names.map((name) => indexOf(frames, printable(name))),
    values,
  }));
  const file = {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: `devmem-trace ${stacks.wall}`,
    exporter: TOOL,
    activeProfileIndex: 0,
    shared: { frames: [...frames.keys()].map((name) => ({ name })) },
    profiles: stacks.weights.map((weight, i) => profileOf(weight, indexed, i)),
  };
  yield `${compactJson(file)}\n`;
}

/** A stack as indices into the table of frames. */
interface Indexed {
  stack: number[];
  values: number[];
}

function profileOf({ name, unit }: Weight, indexed: Indexed[], index: number) {
  const samples = indexed.map(({ stack, values }) => ({ stack, weight: whole(values[index]) }));
  const heavy = samples.filter(({ weight }) => weight > 0);
  return {
    type: "sampled",
    name,
    unit: UNITS[unit],
    startValue: 0,
    endValue: heavy.reduce((sum, { weight }) => sum + weight, 0),
    samples: heavy.map(({ stack }) => stack),
    weights: heavy.map(({ weight }) => weight),
  };
}

/** The index of `name` in the table; adds it if it is new. */
function indexOf(table: Map<string, number>, name: string): number {
  const known = table.get(name) ?? table.size;
  table.set(name, known);
  return known;
}

export const speedscope = ofHeldTokens(writeSpeedscope);
