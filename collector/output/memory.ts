// memory - The limit to the memory that a recording may take: whoever made it decides what is in it, and not how much we need.
//
// It is measured and not estimated, so that it holds for whatever is kept, in the ledger or beside it. Long loops call
// checkMemory; where much is in use, garbage is collected first, so that only what is still needed counts.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UserError } from "../base/errors.ts";

const MIB = 2 ** 20;
const DEFAULT_MIB = 512;
/** Of the limit, what is left for the garbage that is made between two checks, and for the gaps that it leaves. */
const RESERVE = 1 / 3;
/** The same for garbage alone, where the gaps are counted. */
const GARBAGE = 1 / 8;
/** Whether there is more garbage than this is looked at by collecting it. */
const STEP_BYTES = 48 * MIB;

const limit = limitOf(process.env.DEVMEM_TRACE_MEMORY);
const most = limit * MIB * (1 - RESERVE);
const mostWithGaps = limit * MIB * (1 - GARBAGE);
let threshold = most / 2;

/** The limit in MiB that the user gave; else the default. Throws UserError if it is not a number. */
export function limitOf(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_MIB;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 64) return limit;
  throw new UserError(`DEVMEM_TRACE_MEMORY=${text} is not a number of MiB from 64 on.`);
}

/**
 * Throws UserError if what is in use, and `more` bytes that are about to be, is more than the limit allows. Call it once per
 * some thousand things that are kept, and before anything large is made at once.
 */
export function checkMemory(more = 0): void {
  if (used() + more < threshold) return;
  collectGarbage();
  const live = used();
  if (live + more > most || withGaps() + more > mostWithGaps) throw tooMuch();
  threshold = Math.max(most / 2, Math.min(live + STEP_BYTES, most + STEP_BYTES / 2));
}

/** The items as they come; memory is checked after so many. */
export function* checked<T>(items: Iterable<T>, every: number): Generator<T> {
  let left = every;
  for (const item of items) {
    yield item;
    left -= 1;
    if (left > 0) continue;
    checkMemory();
    left = every;
  }
}

/** What is made of each of the items; memory is checked meanwhile. */
export function mapped<T, Made>(items: readonly T[], make: (item: T) => Made): Made[] {
  return Array.from(checked(items, 1000), make);
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is in use and the gaps between: collecting garbage does not give these back to the system. */
function withGaps(): number {
  const { heapTotal, external } = process.memoryUsage();
  return heapTotal + external;
}

function tooMuch(): UserError {
  return new UserError(
    `This recording needs more than ${limit} MiB of memory. If you trust who made it, allow more: DEVMEM_TRACE_MEMORY=${4 * limit} (MiB).`,
  );
}

let collect: (() => void) | null = null;

/** Frees what nothing refers to. V8 shows its collector to a context that is made while this flag is set. */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
    setFlagsFromString("--no-expose-gc");
  }
  collect();
}
