// program - The probe programs: of a level, and the iterators of `snapshot`, for one kernel and one bpftrace.

import { readdirSync, readFileSync } from "node:fs";
import { DISPENSABLE, type Dispensable } from "../events/absent.ts";
import { BIRTHS, LEVELS, type Level, type Variant } from "../events/event.ts";
import { SPINLOCKS, type Spinlock } from "../kernel/kernel.ts";
import { formsOf, KNOWN_LAYOUTS, type VaryingLayouts } from "../kernel/layouts.ts";
import { Assembler, type Choices } from "./directives.ts";

/** Whether a function of the kernel can be probed. */
const HOOKS = ["here", "absent"] as const;

/** What programs differ by: the names that `@if` may ask for, with all their values. */
export const CHOICES = {
  level: LEVELS,
  /** Token bookkeeping: mainline, or the v6 series with its socket option. */
  kernel: ["xarray", "sockopt"],
  /** Which function a CPU runs that waits for a spinlock. */
  spinlock: SPINLOCKS,
  /** Where the kernel keeps what is read: LAYOUTS of collector/kernel/layouts.ts. */
  owner: formsOf("owner"),
  shift: formsOf("shift"),
  references: formsOf("references"),
  /** Functions that a trace can do without: collector/events/absent.ts. */
  tcp_recvmsg_dmabuf: HOOKS,
  tcp_recvmsg_locked: HOOKS,
  /** `ranges` where bpftrace has `for ($i : 0..n)`; it warns about `while` then. */
  loops: ["while", "ranges"],
} as const;

/** The kernel and the bpftrace that a program is for. */
export interface Target {
  /** A variant that the probes do not support is treated as mainline, for doctor. */
  variant: Variant;
  spinlock: Spinlock;
  layouts: VaryingLayouts;
  /** Functions that cannot be probed. */
  absent: readonly Dispensable[];
  hasRanges: boolean;
}

/** Mainline 6.12 with the spinlock of most kernels, for the oldest bpftrace. */
export const OLDEST_TARGET: Target = {
  variant: "xarray",
  spinlock: "native",
  layouts: KNOWN_LAYOUTS["6.12"],
  absent: [],
  hasRanges: false,
};

/** The iterators of `snapshot`, by their files: the sockets of a network namespace, and those that no table has. */
export const ITERATORS = ["snapshot", "snapshot-closed"] as const;
export type Iterator = (typeof ITERATORS)[number];

/** Entries of every kernel map beside the births: see probes/parts/config.bt. */
const MAP_KEYS = 4096;

/** Levels whose probes keep the birth of each token. */
const KEEPS_BIRTHS: ReadonlySet<Level> = new Set(["holds", "profile"]);

const FOLDER = new URL("../../probes/", import.meta.url);

/** Makes programs of the files in probes/. */
export function newAssembler(): Assembler {
  return new Assembler(readProbe, CHOICES);
}

/** The text of a file by its path in probes/; null where there is none. */
export function readProbe(file: string): string | null {
  try {
    return readFileSync(new URL(file, FOLDER), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * The bpftrace program of a level, whole: bpftrace runs it as it is.
 * @param births tokens whose birth levels holds and profile keep at once
 */
export function levelProgram(level: Level, target: Target, births = BIRTHS, from = newAssembler()): string {
  return programOf("tracer.bt", level, target, births, from);
}

/** The bpftrace program that is one iterator. */
export function iteratorProgram(
  iterator: Iterator,
  kernel: Pick<Target, "variant" | "layouts">,
  from = newAssembler(),
): string {
  return programOf(`${iterator}.bt`, "sampled", { ...OLDEST_TARGET, ...kernel }, 0, from);
}

/** The program that a file describes; `path` is absolute, and what the file includes is in probes/. */
export function fileProgram(path: string, level: Level, target: Target, births = BIRTHS): string {
  return programOf(path, level, target, births, newAssembler());
}

function programOf(file: string, level: Level, target: Target, births: number, from: Assembler): string {
  const kept = KEEPS_BIRTHS.has(level) ? births : 0;
  const words = { BIRTHS: String(kept), MAP_KEYS: String(kept + MAP_KEYS) };
  return from.program(file, choicesOf(level, target), words);
}

function choicesOf(level: Level, { variant, spinlock, layouts, absent, hasRanges }: Target): Choices {
  return {
    ...Object.fromEntries(DISPENSABLE.map((name) => [name, absent.includes(name) ? "absent" : "here"])),
    level,
    kernel: variant === "sockopt" ? "sockopt" : "xarray",
    spinlock,
    ...layouts,
    loops: hasRanges ? "ranges" : "while",
  };
}

/** Targets in which everything occurs: each spinlock with the oldest layouts, each newer layout and each absence without the others. */
export function targets(): Target[] {
  const [, ...newer] = Object.values(KNOWN_LAYOUTS).map((layouts) => ({ ...OLDEST_TARGET, layouts }));
  const kernels = [
    ...CHOICES.spinlock.map((spinlock) => ({ ...OLDEST_TARGET, spinlock })),
    ...newer,
    ...DISPENSABLE.map((name) => ({ ...OLDEST_TARGET, absent: [name] })),
  ];
  return CHOICES.kernel.flatMap((variant) =>
    kernels.flatMap((kernel) =>
      CHOICES.loops.map((loops) => ({ ...kernel, variant, hasRanges: loops === "ranges" })),
    ),
  );
}

/**
 * Makes every program there is; how many there are. Throws UserError, with file and line, where one cannot be made, and
 * where a file of probes/ or a branch in one is in none of them.
 */
export function checkAll(): { programs: number; files: number } {
  const from = newAssembler();
  const levels = targets().flatMap((target) =>
    LEVELS.map((level) => levelProgram(level, target, BIRTHS, from)),
  );
  const iterators = targets().flatMap((target) =>
    ITERATORS.map((iterator) => iteratorProgram(iterator, target, from)),
  );
  const files = probeFiles();
  from.requireAllUsed(files);
  return { programs: levels.length + iterators.length, files: files.length };
}

/** The .bt files of probes/, by their paths in it. */
export function probeFiles(): string[] {
  const all = readdirSync(FOLDER, { recursive: true, encoding: "utf8" });
  return all.filter((file) => file.endsWith(".bt")).sort();
}
