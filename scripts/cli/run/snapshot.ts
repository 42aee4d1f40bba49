// snapshot - Prints what every TCP socket holds now, read out of the kernel without having traced.

import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "../../../collector/base/errors.ts";
import { compactJson, prettyJson } from "../../../collector/base/json.ts";
import { requireKernel } from "../../../collector/kernel/kernel.ts";
import { ownersOf } from "../../../collector/kernel/socket-owners.ts";
import { print } from "../../../collector/recording/files.ts";
import { openReader, type Reader, together } from "../../../collector/snapshot/reader.ts";
import { type Snapshot, snapshotOf } from "../../../collector/snapshot/snapshot.ts";
import { snapshotText } from "../../../collector/snapshot/text.ts";
import { onInterrupt } from "./interrupt.ts";

export interface SnapshotOptions {
  json: boolean;
  /** Also sockets that hold nothing. */
  all: boolean;
  /** Seconds between one and the next; undefined for just one. */
  watch?: number;
}

/** Prints one snapshot, or one after the other until ^C. Returns 0, or 3 when the last one was not whole. */
export async function snapshot(options: SnapshotOptions): Promise<number> {
  const kernel = requireKernel();
  const { release, variant } = kernel;
  const reader = await openReader(kernel);
  const stop = new AbortController();
  onInterrupt(() => stop.abort());
  try {
    for (;;) {
      const taken = take({ release, variant }, reader, options.all);
      show(taken, options);
      if (options.watch === undefined || !(await passed(options.watch, stop.signal))) return exitCode(taken);
    }
  } finally {
    reader.close();
  }
}

function take(kernel: Snapshot["kernel"], reader: Reader, all: boolean): Snapshot {
  const wall = new Date().toISOString();
  const sockets = together(reader.sockets(), reader.strays());
  const shown = sockets.held.filter((line) => all || line.held !== 0);
  const owners = ownersOf(new Set(shown.map((line) => line.inode)));
  return snapshotOf(kernel, wall, { ...sockets, networks: reader.networks() }, { owners, all });
}

function show(taken: Snapshot, { json, watch }: SnapshotOptions): void {
  if (json) print(watch === undefined ? prettyJson(taken) : compactJson(taken));
  else print(...snapshotText(taken), ...(watch === undefined ? [] : [""]));
}

/** Whether the time passed before `stop`. */
async function passed(seconds: number, stop: AbortSignal): Promise<boolean> {
  return sleep(seconds * 1000, true, { signal: stop }).catch(() => false);
}

function exitCode({ sockets, unread }: Snapshot): number {
  return unread > 0 || sockets.some(({ whole }) => !whole) ? EXIT.inconclusive : EXIT.clean;
}
