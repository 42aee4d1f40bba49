// heap - How much memory is in use after a full garbage collection.

import { collectGarbage } from "../../collector/output/memory.ts";

/** Bytes of live objects on the heap, after a full collection. */
export function liveHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
