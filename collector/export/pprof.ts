// pprof - Stacks as a profile of pprof (profile.proto, gzip): every weight is a sample type, each frame a function.

import { gzipSync } from "node:zlib";
import {
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import { printable } from "../base/format.ts";
import { TOOL } from "../base/version.ts";
import { ofHeldTokens } from "./held.ts";
import { type Stacks, type Weight, whole } from "./stacks.ts";

/** The whole profile. */
export async function* writePprof(stacks: Stacks) {
  const strings = new StringTable();
  const functions = new Map<string, number>();
  const idOf = (name: string) => {
    const id = functions.get(name) ?? functions.size + 1;
    functions.set(name, id);
    return id;
  };
  const sample = stacks.samples.map(
    ({ frames, values }) =>
      // A sample's first location is the innermost.
      new Sample({
        locationId: frames.map((name) => idOf(printable(name))).reverse(),
        value: values.map(whole),
      }),
  );
  const sampleType = stacks.weights.map((weight) => valueType(strings, weight));
  const profile = new Profile({
    ...{ stringTable: strings, sampleType, sample },
    location: [...functions.values()].map((id) => new Location({ id, line: [new Line({ functionId: id })] })),
    function: [...functions].map(([name, id]) => new PprofFunction({ id, name: strings.dedup(name) })),
    timeNanos: BigInt(Date.parse(stacks.wall)) * 1_000_000n,
    durationNanos: whole(stacks.duration),
    defaultSampleType: sampleType[0]?.type ?? 0,
    comment: [strings.dedup(TOOL)],
  });
  yield gzipSync(profile.encode());
}

function valueType(strings: StringTable, { name, unit }: Weight): ValueType {
  return new ValueType({ type: strings.dedup(name), unit: strings.dedup(unit) });
}

export const pprof = ofHeldTokens(writePprof);
