// live - Declares `live`: this host, a recording or a stream as it happens.

import { Command } from "commander";
import { births, bpftrace, errorExitcode, force, level } from "../options.ts";
import type { LiveOptions } from "../run/live.ts";

export function command(): Command {
  return new Command("live")
    .description("show what happens on this host, or in a recording or stream, and report at the end")
    .argument("[file]", "a recording instead of this host; - reads a stream from stdin")
    .option("--plain", "print one line per change, as without a terminal", false)
    .option("--record <file>", "also write a recording")
    .addOption(force())
    .addOption(level())
    .addOption(births())
    .addOption(bpftrace())
    .addOption(errorExitcode())
    .action(async (file: string | undefined, options: LiveOptions) => {
      const { live } = await import("../run/live.ts");
      process.exitCode = await live(file, options);
    });
}
