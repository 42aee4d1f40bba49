// record - Declares `record`: a recording of this host, whole, in several files, or of the time around a trigger.

import { Command } from "commander";
import { TRIGGERS } from "../../../collector/events/event.ts";
import { positive, size, time, triggers } from "../arguments.ts";
import { births, bpftrace, force, level } from "../options.ts";
import type { RecordOptions } from "../run/record.ts";

export function command(): Command {
  return new Command("record")
    .description("write a recording of this host, until ^C or while COMMAND runs")
    .argument("[command...]", "the command to run, after --")
    .requiredOption("-o, --output <file>", "file to write; - is stdout")
    .option("--rotate <size>", "start a new file after each SIZE (64M, 1G): FILE.1, FILE.2, …", size)
    .option(
      "--ring <duration>",
      "flight recorder: write only the last DURATION (60s, 10m) before a trigger",
      time,
    )
    .option("--on <triggers>", `with --ring: what triggers a file, of ${TRIGGERS.join(",")}`, triggers, [
      "leak",
    ])
    .option("--keep <n>", "with --rotate or --ring: how many files to keep", positive)
    .addOption(level())
    .addOption(births())
    .addOption(bpftrace())
    .addOption(force())
    .action(async (command: string[], options: RecordOptions) => {
      const { record } = await import("../run/record.ts");
      process.exitCode = await record(command, options);
    });
}
