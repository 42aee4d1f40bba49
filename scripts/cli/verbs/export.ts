// export - Declares `export`: a recording in a format of another tool.

import { Command, Option } from "commander";
import { TABLES } from "../../../collector/export/exporter.ts";
import { FORMATS } from "../../../collector/export/formats.ts";
import { force } from "../options.ts";
import type { ExportVerbOptions } from "../run/export.ts";

export function command(): Command {
  return new Command("export")
    .description("convert a recording to the format of another tool")
    .argument("<file>", "the recording; - reads stdin")
    .addOption(format())
    .option("-o, --output <file>", "write to a file instead of stdout")
    .addOption(table())
    .addOption(weight())
    .addOption(force())
    .action(async (file: string, options: ExportVerbOptions) => {
      const { exportTo } = await import("../run/export.ts");
      process.exitCode = await exportTo(file, options);
    });
}

function format(): Option {
  return new Option("--format <format>", "the format to write")
    .choices(Object.keys(FORMATS))
    .makeOptionMandatory();
}

function table(): Option {
  return new Option("--table <table>", "csv, parquet: what a row is").choices(TABLES).default("sockets");
}

function weight(): Option {
  const what =
    "folded: what to weigh stacks by: held (ns), issued, kept (tokens), pinned (bytes); at level profile cpu (samples)";
  return new Option("--weight <weight>", what).default("held");
}
