// doctor - Declares `doctor`: what this host can do.

import { Command } from "commander";
import { bpftrace } from "../options.ts";
import type { DoctorOptions } from "../run/doctor.ts";

export function command(): Command {
  return new Command("doctor")
    .description("check what this host can do, and say how to fix what is missing")
    .option("--json", "print JSON", false)
    .addOption(bpftrace())
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import("../run/doctor.ts");
      process.exitCode = doctor(options);
    });
}
