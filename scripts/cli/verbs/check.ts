// check - Declares `check`: a command under the tracer, for CI.

import { Command } from "commander";
import { births, bpftrace, errorExitcode, force, level } from "../options.ts";
import type { CheckOptions } from "../run/check.ts";

export function command(): Command {
  return new Command("check")
    .description("run COMMAND, trace the host meanwhile, report on stderr and exit by verdict")
    .argument("<command...>", "the command to run, after --")
    .option("--report <file>", "also write the report as JSON")
    .option("--record <file>", "also write a recording")
    .addOption(level())
    .addOption(births())
    .addOption(bpftrace())
    .addOption(errorExitcode())
    .addOption(force())
    .action(async (command: string[], options: CheckOptions) => {
      const { check } = await import("../run/check.ts");
      process.exitCode = await check(command, options);
    });
}
