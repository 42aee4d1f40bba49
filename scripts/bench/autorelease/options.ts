// options - The output of the verbs for one receiver with SO_DEVMEM_AUTORELEASE 0 and with 1: both profiles, and their diff.

import { spawnSync } from "node:child_process";

const BYTES = 200_000_000;
const OPTIONS = ["0", "1"];

const recordingOf = (option: string) => `/tmp/option-${option}.dmt`;
const receiver = (option: string) =>
  `scripts/run-ts scripts/receive.ts --peer peer --bytes ${BYTES} --deadline 3600 --autorelease ${option} >/dev/null`;

/** Runs the command and shows its output. */
function trace(...args: string[]): void {
  console.log(`$ devmem-trace ${args.join(" ")}`);
  const { status } = spawnSync("scripts/devmem-trace", args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`devmem-trace ${args[0]} ended with ${status}`);
}

for (const option of OPTIONS) trace("profile", "-o", recordingOf(option), "--", "sh", "-c", receiver(option));
trace("diff", ...OPTIONS.map(recordingOf));
