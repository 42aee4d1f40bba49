// heap - How much memory is in use after a full garbage collection.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of live objects on the heap, after a full collection. */
export function liveHeap(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
