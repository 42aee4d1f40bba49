// main - Runs the command line: errors become one sentence and an exit code.

import { CommanderError } from "commander";
import { EXIT, UserError } from "../../collector/base/errors.ts";
import { harmless } from "../../collector/base/format.ts";
import { takeLastSteps } from "../../collector/base/last-steps.ts";
import { program } from "./program.ts";

function print(error: unknown): void {
  process.exitCode = error instanceof UserError ? error.exitCode : EXIT.error;
  if (error instanceof UserError) process.stderr.write(`devmem-trace: ${harmless(error.message)}\n`);
  else console.error(error); // A programming error: its stack is for us.
}

/** Prints the error, detaches what is attached, and ends, whatever else is still waited for. */
async function fail(error: unknown): Promise<void> {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    return;
  }
  print(error);
  await takeLastSteps();
  process.exit();
}

// A reader that went away (`| head`) is not an error worth reporting.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.clean);
  void fail(new UserError(`stdout cannot be written: ${error.message}.`));
});

const whole = await program(process.argv[2]);
await whole.parseAsync().catch(fail);
