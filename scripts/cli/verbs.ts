// verbs - Every verb of the command line and where it is declared, in the order `--help` lists them.

import type { Command } from "commander";

/** What a file of verbs/ exports: a new command with its arguments, options and action. */
interface Declaration {
  command(): Command;
}

/**
 * A declaration is loaded when its verb or the whole help is asked for, and loads what the verb does (run/) only when it
 * is run: on a slow machine reading code is most of what a short run costs.
 */
export const VERBS: Readonly<Record<string, () => Promise<Declaration>>> = {
  live: () => import("./verbs/live.ts"),
  replay: () => import("./verbs/replay.ts"),
  record: () => import("./verbs/record.ts"),
  report: () => import("./verbs/report.ts"),
  diff: () => import("./verbs/diff.ts"),
  export: () => import("./verbs/export.ts"),
  profile: () => import("./verbs/profile.ts"),
  check: () => import("./verbs/check.ts"),
  snapshot: () => import("./verbs/snapshot.ts"),
  schema: () => import("./verbs/schema.ts"),
  doctor: () => import("./verbs/doctor.ts"),
};
