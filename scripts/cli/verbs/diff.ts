// diff - Declares `diff`: one recording against another.

import { Command } from "commander";
import { errorExitcode } from "../options.ts";
import type { DiffOptions } from "../run/diff.ts";

export function command(): Command {
  return new Command("diff")
    .description("compare two recordings: what got better and what got worse, sockets matched by role")
    .argument("<a>", "the recording to compare with; - reads stdin")
    .argument("<b>", "the recording to judge; - reads stdin")
    .option("--json", "print JSON", false)
    .addOption(errorExitcode())
    .action(async (a: string, b: string, options: DiffOptions) => {
      const { diff } = await import("../run/diff.ts");
      process.exitCode = await diff(a, b, options);
    });
}
