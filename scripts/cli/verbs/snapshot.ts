// snapshot - Declares `snapshot`: what every TCP socket holds now.

import { Command, Option } from "commander";
import { seconds } from "../arguments.ts";
import { bpftrace } from "../options.ts";
import type { SnapshotOptions } from "../run/snapshot.ts";

export function command(): Command {
  return new Command("snapshot")
    .description("read what every TCP socket holds now out of the kernel; nothing needs to have been traced")
    .option("--json", "print JSON; with --watch, one object per line", false)
    .option("--all", "also list sockets that hold nothing", false)
    .addOption(watch())
    .addOption(bpftrace())
    .action(async (options: SnapshotOptions) => {
      const { snapshot } = await import("../run/snapshot.ts");
      process.exitCode = await snapshot(options);
    });
}

function watch(): Option {
  return new Option("--watch [seconds]", "repeat until ^C, every second or every SECONDS")
    .argParser(seconds)
    .preset("1");
}
