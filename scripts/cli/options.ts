// options - The options that several verbs share, each declared once, and their types.

import { Option } from "commander";
import { EXIT } from "../../collector/base/errors.ts";
import { BIRTHS, LEVELS, type Level } from "../../collector/events/event.ts";
import { birthCount, exitCode } from "./arguments.ts";

/** Of every verb that traces this host. */
export interface TraceOptions {
  level: Level;
  /** Levels holds and profile: how many tokens' births are kept at once. */
  births: number;
}

/** Of every verb that exits by verdict; `errorExitcode` replaces 23. */
export interface VerdictOptions {
  errorExitcode: number;
}

/** Of every verb that writes a file. */
export interface ForceOptions {
  /** Overwrite a file that exists. */
  force: boolean;
}

const LEVEL_HELP = [
  "how much the probes do:",
  "sampled (nothing per token: reads what is held a few times a second),",
  "counts (work per batch),",
  "holds (counts, and how long tokens are held),",
  "profile (holds, and time in calls and CPU samples),",
  "tokens (counts, and one event per token)",
].join(" ");

export function level(): Option {
  return new Option("--level <level>", LEVEL_HELP).choices(LEVELS).default("counts");
}

export function births(): Option {
  return new Option("--births <n>", "levels holds and profile: how many tokens' issue times to keep at once")
    .argParser(birthCount)
    .default(BIRTHS);
}

export function bpftrace(): Option {
  return new Option("--bpftrace <program>", "bpftrace to run, instead of the one in a system folder");
}

export function errorExitcode(): Option {
  return new Option("--error-exitcode <n>", "exit code on a leak").argParser(exitCode).default(EXIT.leak);
}

export function force(): Option {
  return new Option("-f, --force", "overwrite an existing file").default(false);
}
