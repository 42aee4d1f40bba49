// testbed - Runs a command in a guest for an end-to-end test and gives back its standard output.

import { spawn } from "node:child_process";

const TESTBED = new URL("../testbed/testbed", import.meta.url).pathname;

const asked = (process.env.DEVMEM_TRACE_GUESTS ?? "trixie forky autorelease").split(" ");

/** The guests with a kernel as Debian ships it to test in; DEVMEM_TRACE_GUESTS narrows all guests down. */
export const GUESTS = asked.filter((guest) => guest !== "autorelease");

/** The guest whose kernel has SO_DEVMEM_AUTORELEASE, unless that was narrowed away. */
export const MANUAL_GUESTS = asked.filter((guest) => guest === "autorelease");

/** Whether all is to be run, as long as it takes: `npm test -- --all`. */
export const ALL = process.env.DEVMEM_TRACE_ALL === "1";

/** Options of a suite or test; one that tells `least` in the time it takes, mostly as another guest tells it, is run with ALL only. */
export function leftOutIf(least: boolean): { skip: string | false } {
  return { skip: least && !ALL && "only npm test -- --all has the time for it" };
}

/** A guest that hangs must not hang the run; many times what the longest takes on a quiet machine. */
const TIMEOUT_S = "3600";

/** Standard output of `testbed run ARGS`; rejects with its end when the command did not exit with 0. */
export function testbed(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(TESTBED, ["run", "--timeout", TIMEOUT_S, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`testbed ended with ${code}: ${output.slice(-2000)}`)),
    );
  });
}

/** What a guest's script printed after each line `--- NAME`. */
export function partsOf(output: string): (name: string) => string {
  const parts = new Map(
    output.split(/^--- /m).map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
  return (name) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`the guest printed no part ${name}`);
    return part;
  };
}
