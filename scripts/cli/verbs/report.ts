// report - Declares `report`: a recording, or a part of it, as text, JSON, Markdown or a page.

import { Command } from "commander";
import { whole } from "../arguments.ts";
import { errorExitcode, force } from "../options.ts";
import type { ReportOptions } from "../run/report.ts";

export function command(): Command {
  return new Command("report")
    .description("report on a recording; filters limit what is shown, never the verdict or exit code")
    .argument("<file>", "the recording; - reads stdin")
    .option("--json", "print JSON", false)
    .option("--markdown", "print Markdown, for an issue tracker", false)
    .option("--html", "print an HTML page that needs no network", false)
    .option("-o, --output <file>", "write to a file instead of stdout")
    .option("--from <time>", "show from this time on: seconds since the start, or 2026-01-31T12:00:00Z")
    .option("--to <time>", "show the state at this time")
    .option("--pid <n>", "show only sockets that this process received on or closed", whole)
    .option("--port <n>", "show only sockets with this local or remote port", whole)
    .option("--dmabuf <n>", "show only this dma-buf and its sockets", whole)
    .option("--verdict <verdict>", "show only sockets with this verdict")
    .addOption(errorExitcode())
    .addOption(force())
    .action(async (file: string, options: ReportOptions) => {
      const { report } = await import("../run/report.ts");
      process.exitCode = await report(file, options);
    });
}
