// probe - Prints a whole bpftrace program of probes/: of a level, an iterator of `snapshot`, or a file of one's own.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, UserError } from "../collector/base/errors.ts";
import { hasRanges, version } from "../collector/bpftrace/bpftrace.ts";
import {
  checkAll,
  fileProgram,
  ITERATORS,
  iteratorProgram,
  levelProgram,
  OLDEST_TARGET,
  type Target,
} from "../collector/bpftrace/program.ts";
import { DISPENSABLE, type Dispensable } from "../collector/events/absent.ts";
import { BIRTHS, LEVELS, type Level, type Variant } from "../collector/events/event.ts";
import { isKnown, runningKernel, SPINLOCKS, type Spinlock } from "../collector/kernel/kernel.ts";
import { KNOWN_LAYOUTS } from "../collector/kernel/layouts.ts";

interface Options {
  variant?: Variant;
  spinlock?: Spinlock;
  layouts?: keyof typeof KNOWN_LAYOUTS;
  absent?: Dispensable[];
  bpftrace?: string;
  ranges?: boolean;
  level: Level;
  births: number;
  check: boolean;
}

/** As asked for, else as this host is, else mainline 6.12 and the oldest bpftrace. */
function targetOf({ variant, spinlock, layouts, absent, ranges, bpftrace }: Options): Target {
  const kernel = runningKernel();
  const own = kernel && isKnown(kernel) ? kernel.layouts : OLDEST_TARGET.layouts;
  return {
    variant: variant ?? kernel?.variant ?? "xarray",
    spinlock: spinlock ?? kernel?.spinlock ?? "native",
    layouts: layouts ? KNOWN_LAYOUTS[layouts] : own,
    absent: absent ?? [],
    hasRanges: ranges ?? hasRanges(bpftrace ?? version() ?? "0.23"),
  };
}

function programOf(name: string, options: Options): string {
  const target = targetOf(options);
  const [level, iterator] = [LEVELS.find((one) => one === name), ITERATORS.find((one) => one === name)];
  if (level) return levelProgram(level, target, options.births);
  if (iterator) return iteratorProgram(iterator, target);
  return fileProgram(resolve(name), options.level, target, options.births);
}

function checked(): string {
  const { programs, files } = checkAll();
  return `${programs} programs of ${files} files; every file and branch is used`;
}

function program(text: string): string {
  const known: readonly string[] = [...LEVELS, ...ITERATORS];
  if (known.includes(text) || (text.endsWith(".bt") && existsSync(text))) return text;
  throw new InvalidArgumentError(`It is one of ${known.join(", ")}, or a .bt file.`);
}

function versionText(text: string): string {
  if (/^\d+\.\d+(\.\d+)?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a version: 0.23, 0.27.0.");
}

function birthCount(text: string): number {
  if (/^\d{1,7}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1.");
}

const commandLine = new Command("probe")
  .description(
    "Prints a whole bpftrace program, for this host unless options say otherwise: scripts/probe counts | bpftrace -",
  )
  .exitOverride()
  .addArgument(
    new Argument("[program]", `${LEVELS.join(", ")}, ${ITERATORS.join(", ")}, or a .bt file`).argParser(
      program,
    ),
  )
  .addOption(
    new Option("--variant <variant>", "token bookkeeping of the kernel").choices(["xarray", "sockopt"]),
  )
  .addOption(
    new Option("--spinlock <spinlock>", "which function of the kernel waits for a spinlock").choices(
      SPINLOCKS,
    ),
  )
  .addOption(
    new Option(
      "--layouts <kernel>",
      "where the kernel keeps what is read: as this kernel, or a newer one",
    ).choices(Object.keys(KNOWN_LAYOUTS)),
  )
  .addOption(
    new Option("--absent <function...>", "functions of the kernel that cannot be probed").choices(
      DISPENSABLE,
    ),
  )
  .addOption(new Option("--bpftrace <version>", "for this version of bpftrace").argParser(versionText))
  .addOption(new Option("--ranges", "for a bpftrace that has ranges (0.24 or newer)").conflicts("bpftrace"))
  .addOption(
    new Option("--level <level>", "of a .bt file: what its @if level is").choices(LEVELS).default("counts"),
  )
  .addOption(
    new Option("--births <n>", "tokens whose birth is kept at once").argParser(birthCount).default(BIRTHS),
  )
  .option(
    "--check",
    "makes every program there is and prints how many; fails where part of a file is in none of them",
    false,
  )
  .action((name: string | undefined, options: Options) => {
    if (options.check) console.log(checked());
    else if (name) process.stdout.write(programOf(name, options));
    else throw new UserError("Which program? See scripts/probe --help", EXIT.usage);
  });

try {
  commandLine.parse();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  else if (error instanceof UserError) {
    process.stderr.write(`probe: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else throw error;
}
