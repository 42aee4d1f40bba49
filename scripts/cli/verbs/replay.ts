// replay - Declares `replay`: a recording on the screen of `live`, moved through by keys.

import { Command } from "commander";
import { errorExitcode, type VerdictOptions } from "../options.ts";

export function command(): Command {
  return new Command("replay")
    .description("browse a recording on the screen of live: step, play, jump; report at the end")
    .argument("<file>", "the recording")
    .addOption(errorExitcode())
    .action(async (file: string, options: VerdictOptions) => {
      const { replay } = await import("../run/replay.ts");
      process.exitCode = await replay(file, options);
    });
}
