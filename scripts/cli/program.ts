// program - The command line as one commander program: what is parsed, and what help is made of.

import { Command } from "commander";
import { VERSION } from "../../collector/base/version.ts";
import { VERBS } from "./verbs.ts";

/**
 * A new program with the verb `asked`, or with every verb where that is not one (help is asked for, or it is mistyped).
 * Parsing throws CommanderError where commander would exit.
 */
export async function program(asked = ""): Promise<Command> {
  const whole = new Command("devmem-trace")
    .description(
      "Traces devmem TCP receive tokens: which sockets hold how many, and which closed without returning them.",
    )
    .version(VERSION, "-V, --version")
    .exitOverride()
    .hook("preAction", (_, verb) => chooseBpftrace(verb.opts()))
    .addHelpText(
      "after",
      "\nExit codes: 0 clean, 1 error, 2 usage, 3 inconclusive, 4 not possible on this host, 23 leak, 130 interrupted",
    );
  const verbs = Object.entries(VERBS).filter(([name]) => name === asked || !Object.hasOwn(VERBS, asked));
  for (const [, load] of verbs) whole.addCommand((await load()).command().copyInheritedSettings(whole));
  return whole;
}

async function chooseBpftrace({ bpftrace }: { bpftrace?: string }): Promise<void> {
  if (bpftrace === undefined) return;
  const { useBpftrace } = await import("../../collector/bpftrace/trusted-programs.ts");
  useBpftrace(bpftrace);
}
