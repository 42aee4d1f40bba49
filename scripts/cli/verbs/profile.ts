// profile - Declares `profile`: hold times, batch sizes and CPU time of token handling.

import { Command } from "commander";
import { births, bpftrace, force } from "../options.ts";
import type { ProfileOptions } from "../run/profile.ts";

export function command(): Command {
  return new Command("profile")
    .description(
      "hold times, batch sizes and CPU time of token handling: of COMMAND, a recording, or this host until ^C",
    )
    .argument("[what...]", "a recording, or a command to run after --")
    .option("--json", "print JSON", false)
    .option("-o, --output <file>", "also write a recording")
    .addOption(births())
    .addOption(bpftrace())
    .addOption(force())
    .action(async (what: string[], options: ProfileOptions) => {
      const { profile } = await import("../run/profile.ts");
      const command = process.argv.includes("--") ? what : [];
      process.exitCode = await profile(command.length > 0 ? undefined : what[0], command, options);
    });
}
