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
import { ofHeldTokens } from "./held-stacks.ts";
import { type Sample as StackSample, type Stacks, type Weight, whole } from "./stacks.ts";

/** The whole profile. */
export async function* writePprof(stacks: Stacks) {
  const strings = new StringTable();
  const functions = new Functions();
  const sampleType = stacks.weights.map((weight) => valueType(strings, weight));
  const profile = new Profile({
    stringTable: strings,
    sampleType,
    sample: stacks.samples.map((sample) => sampleOf(functions, sample)),
    location: functions.locations(),
    function: functions.list(strings),
    timeNanos: BigInt(Date.parse(stacks.wall)) * 1_000_000n,
    durationNanos: whole(stacks.duration),
    defaultSampleType: sampleType[0]?.type ?? 0,
    comment: [strings.dedup(TOOL)],
  });
  yield gzipSync(profile.encode());
}

/** Each name is one function at one location, both of the same id, counted from 1. */
class Functions {
  readonly #ids = new Map<string, number>();

  idOf(name: string): number {
    const id = this.#ids.get(name) ?? this.#ids.size + 1;
    this.#ids.set(name, id);
    return id;
  }

  locations(): Location[] {
    return [...this.#ids.values()].map((id) => new Location({ id, line: [new Line({ functionId: id })] }));
  }

  list(strings: StringTable): PprofFunction[] {
    return [...this.#ids].map(([name, id]) => new PprofFunction({ id, name: strings.dedup(name) }));
  }
}

/** The first location of a sample is the innermost. */
function sampleOf(functions: Functions, { frames, values }: StackSample): Sample {
  const locationId = frames.map((name) => functions.idOf(printable(name))).reverse();
  return new Sample({ locationId, value: values.map(whole) });
}

function valueType(strings: StringTable, { name, unit }: Weight): ValueType {
  return new ValueType({ type: strings.dedup(name), unit: strings.dedup(unit) });
}

export const pprof = ofHeldTokens(writePprof);
