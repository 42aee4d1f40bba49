// fitting - The program of a level as far as a kernel's functions allow it, and the levels that they do not allow.

import { cannot } from "../base/errors.ts";
import { DISPENSABLE, type Dispensable } from "../events/absent.ts";
import { BIRTHS, LEVELS, type Level } from "../events/event.ts";
import type { HasFunction } from "../kernel/functions.ts";
import { functionsOf } from "./attach-points.ts";
import { levelProgram, type Target } from "./program.ts";

const CONJUNCTION = new Intl.ListFormat("en", { type: "conjunction" });
const DISJUNCTION = new Intl.ListFormat("en", { type: "disjunction" });

/** A program, and how it differs from what the level would show. */
export interface Fitting {
  program: string;
  /** Functions that the level does without here: `absentText` has what it does not see. */
  absent: Dispensable[];
  /** Functions that it needs and that cannot be probed: if any, it cannot be traced. */
  missing: string[];
}

/** What levels are made for, but for what is absent, which is found here. */
export type FittingTarget = Omit<Target, "absent">;

/** The program of a level. Where the functions of the kernel are not known (null), nothing is taken to be absent. */
export function fitted(
  level: Level,
  target: FittingTarget,
  hasFunction: HasFunction | null,
  births = BIRTHS,
): Fitting {
  const lackedBy = (program: string) => needed(program).filter((name) => hasFunction && !hasFunction(name));
  const whole = levelProgram(level, { ...target, absent: [] }, births);
  const lacked = lackedBy(whole);
  const absent = DISPENSABLE.filter((name) => lacked.includes(name));
  if (absent.length === 0) return { program: whole, absent, missing: lacked };
  const program = levelProgram(level, { ...target, absent }, births);
  return { program, absent, missing: lackedBy(program) };
}

/** The functions that a program attaches to, each once. */
function needed(program: string): string[] {
  const { traced, probed } = functionsOf(program);
  return [...new Set([...traced, ...probed])];
}

/** The program of a level. Throws UserError (exit 4) where it cannot be traced; the message has the levels that can. */
export function requireFitting(
  level: Level,
  target: FittingTarget,
  hasFunction: HasFunction | null,
  births: number,
): Fitting {
  const fitting = fitted(level, target, hasFunction, births);
  if (fitting.missing.length === 0) return fitting;
  const others = LEVELS.filter((one) => fitted(one, target, hasFunction).missing.length === 0);
  const instead = others.length > 0 ? `Use --level ${DISJUNCTION.format(others)}.` : "No other level can.";
  throw cannot(
    `Level ${level} cannot be traced: it needs ${CONJUNCTION.format(fitting.missing)}, which this kernel has inlined or renamed, or does not have. ${instead}\nTry: devmem-trace doctor`,
  );
}
