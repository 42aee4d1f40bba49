// main - Runs the command line: errors become one sentence and an exit code.

import { CommanderError } from "commander";
import { EXIT, UserError } from "../../collector/base/errors.ts";
import { harmless } from "../../collector/base/format.ts";
import { program } from "./program.ts";

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    return;
  }
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`devmem-trace: ${harmless(error.message)}\n`);
  process.exitCode = error.exitCode;
}

// A reader that went away (`| head`) is not an error worth reporting.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.clean);
  fail(new UserError(`stdout cannot be written: ${error.message}.`));
  process.exit();
});

const whole = await program(process.argv[2]);
await whole.parseAsync().catch(fail);
