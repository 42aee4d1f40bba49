// testbed - Runs a command in a guest for an end-to-end test.

import { spawn } from "node:child_process";

const TESTBED = new URL("../../testbed/testbed", import.meta.url).pathname;

/** It exists to end a guest that hangs: many times what the longest boot takes, on a busy machine too. */
const TIMEOUT_S = "14400";

/** Runs `testbed run ARGS`; `hear` gets its standard output, piece by piece. Its exit code. */
export function testbed(args: string[], hear: (text: string) => void): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(TESTBED, ["run", "--timeout", TIMEOUT_S, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.stdout.setEncoding("utf8").on("data", hear);
    child.on("error", reject);
    child.on("close", resolve);
  });
}
