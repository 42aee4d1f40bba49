// main - The command line: verbs and options to functions, errors to one sentence and an exit code.

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, UserError } from "../../collector/base/errors.ts";
import { harmless } from "../../collector/base/format.ts";
import { VERSION } from "../../collector/base/version.ts";
import { BIRTHS, LEVELS } from "../../collector/events/event.ts";
import { TRIGGERS, type Trigger } from "../../collector/events/traits.ts";
import { TABLES } from "../../collector/export/exporter.ts";
import { FORMATS } from "../../collector/export/formats.ts";

// Each verb is loaded when it is run: on a slow machine reading the code is most of what a short run costs.
const verbs = {
  check: () => import("./check.ts"),
  diff: () => import("./diff.ts"),
  doctor: () => import("./doctor.ts"),
  export: () => import("./export.ts"),
  live: () => import("./live.ts"),
  profile: () => import("./profile.ts"),
  record: () => import("./record.ts"),
  replay: () => import("./replay.ts"),
  report: () => import("./report.ts"),
  schema: () => import("./schema.ts"),
  snapshot: () => import("./snapshot.ts"),
};

const level = () =>
  new Option(
    "--level <level>",
    "sampled: nothing per token; counts: work per batch; holds: how long tokens are held as well; profile: calls and CPU as well; tokens: counts and one event per token",
  )
    .choices(LEVELS)
    .default("counts");
const births = () =>
  new Option("--births <n>", "levels holds and profile: tokens whose birth is kept at once")
    .argParser(birthCount)
    .default(BIRTHS);
const errorExitcode = () =>
  new Option("--error-exitcode <n>", "exit code on a leak").argParser(exitCode).default(EXIT.leak);
const force = () => new Option("-f, --force", "overwrite an existing file").default(false);

function exitCode(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0 || n > 255)
    throw new InvalidArgumentError("It must be a whole number from 0 to 255.");
  return n;
}

function birthCount(text: string): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < 1 || n > 2 ** 20)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${2 ** 20}.`);
  return n;
}

function seconds(text: string): number {
  const n = Number(text);
  if (!(n > 0 && n <= 86400))
    throw new InvalidArgumentError("It must be a number of seconds above 0, at most a day.");
  return n;
}

function whole(text: string): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n > 2 ** 32) throw new InvalidArgumentError("It must be a whole number.");
  return n;
}

const UNITS = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 };

/** "64M" → bytes, at least 64 KiB. */
function size(text: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * UNITS[unit.toLowerCase() as "" | "k" | "m" | "g"];
  if (!(bytes >= 2 ** 16)) throw new InvalidArgumentError("It must be a size of 64K or more: 64M, 1G.");
  return bytes;
}

/** "60s", "10m" → ns, from a second to a day. */
function time(text: string): number {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text.trim()) ?? [];
  const ns = Number(digits) * UNITS[unit === "m" ? "min" : (unit as "ms" | "s" | "min" | "h")];
  if (!(ns >= 1e9 && ns <= 24 * UNITS.h))
    throw new InvalidArgumentError("It must be a time from one second to a day: 60s, 10m, 2h.");
  return ns;
}

function triggers(text: string): Trigger[] {
  const words = text.split(",").map((word) => word.trim() as Trigger);
  if (words.every((word) => TRIGGERS.includes(word))) return words;
  throw new InvalidArgumentError(
    `It must be one or more of ${TRIGGERS.join(", ")}, with commas between them.`,
  );
}

function several(text: string): number {
  const n = whole(text);
  if (n === 0) throw new InvalidArgumentError("It must be 1 or more.");
  return n;
}

function commandLine(): Command {
  const program = new Command("devmem-trace")
    .description(
      "Traces devmem TCP receive tokens: who holds how many, and which socket closed while still holding some.",
    )
    .version(VERSION, "-V, --version")
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 clean, 1 error, 2 usage, 3 inconclusive, 4 this host cannot, 23 leak, 130 interrupted",
    );
  const verb = (name: string, about: string) => program.command(name).description(about).exitOverride();
  verb(
    "live [file]",
    "this host, or a recording or stream (-), on a terminal as a screen; the report at the end",
  )
    .option("--plain", "a line per change instead, as without a terminal")
    .option("--record <file>", "take it down as well")
    .addOption(force())
    .addOption(level())
    .addOption(births())
    .addOption(errorExitcode())
    .action(async (file, options) => done(await (await verbs.live()).live(file, options)));
  verb("replay <file>", "a recording on the same screen: step, play, jump; the report at the end")
    .addOption(errorExitcode())
    .action(async (file, options) => done(await (await verbs.replay()).replay(file, options)));
  verb("record [command...]", "events to a recording, until ^C or while COMMAND runs")
    .requiredOption("-o, --output <file>", "where to; - is stdout")
    .option("--rotate <size>", "a part after each so many bytes (64M, 1G): FILE.1, FILE.2, …", size)
    .option(
      "--ring <duration>",
      "a flight recorder: only what came so long (60s, 10m) before a trigger",
      time,
    )
    .option("--on <triggers>", `with --ring, what to write a file for: ${TRIGGERS.join(",")}`, triggers, [
      "leak",
    ])
    .option("--keep <n>", "how many files of --rotate or --ring stay", several)
    .addOption(level())
    .addOption(births())
    .addOption(force())
    .action(async (command, options) => done(await (await verbs.record()).record(command, options)));
  verb(
    "report <file>",
    "the report of a recording (- is stdin); verdict and exit code are of all of it, whatever is shown",
  )
    .option("--json", "as JSON", false)
    .option("--markdown", "as Markdown, for a bug", false)
    .option("--html", "as one page that needs no network", false)
    .option("-o, --output <file>", "where to, instead of stdout")
    .option("--from <time>", "show from here: seconds since the start, or 2026-01-31T12:00:00Z")
    .option("--to <time>", "show as it stood here")
    .option("--pid <n>", "show sockets received from or closed by this process", whole)
    .option("--port <n>", "show sockets with this port, local or remote", whole)
    .option("--dmabuf <n>", "show this dma-buf and its sockets", whole)
    .option("--verdict <verdict>", "show sockets of this verdict")
    .addOption(errorExitcode())
    .addOption(force())
    .action(async (file, options) => done(await (await verbs.report()).report(file, options)));
  verb(
    "diff <a> <b>",
    "what got better and worse from one recording to another, sockets matched by their role",
  )
    .option("--json", "as JSON", false)
    .addOption(errorExitcode())
    .action(async (a, b, options) => done(await (await verbs.diff()).diff(a, b, options)));
  verb("export <file>", "a recording (- is stdin) in a format of another tool")
    .addOption(
      new Option("--format <format>", "what to write").choices(Object.keys(FORMATS)).makeOptionMandatory(),
    )
    .option("-o, --output <file>", "where to, instead of stdout")
    .addOption(
      new Option("--table <table>", "csv, parquet: what a row is").choices(TABLES).default("sockets"),
    )
    .addOption(
      new Option(
        "--weight <weight>",
        "folded: held (ns), issued, kept (tokens), pinned (bytes), at level profile cpu (samples)",
      ).default("held"),
    )
    .addOption(force())
    .action(async (file, options) => done(await (await verbs.export()).exportTo(file, options)));
  verb(
    "profile [what...]",
    "hold times, batches and CPU of token handling: of COMMAND (after --), of a recording, or of this host until ^C",
  )
    .option("--json", "as JSON", false)
    .option("-o, --output <file>", "a recording as well")
    .addOption(births())
    .addOption(force())
    .action(async (what, options) => {
      const command = process.argv.includes("--") ? what : [];
      const file = command.length > 0 ? undefined : what[0];
      done(await (await verbs.profile()).profile(file, command, options));
    });
  verb("check <command...>", "runs COMMAND, traces the host meanwhile, reports on stderr, exits by verdict")
    .option("--report <file>", "write the report as JSON as well")
    .option("--record <file>", "record as well")
    .addOption(level())
    .addOption(births())
    .addOption(errorExitcode())
    .addOption(force())
    .action(async (command, options) => done(await (await verbs.check()).check(command, options)));
  verb(
    "snapshot",
    "what every TCP socket holds now, read out of the kernel; nothing needs to have been traced",
  )
    .option("--json", "as JSON; one object a line with --watch", false)
    .option("--all", "sockets that hold nothing as well", false)
    .option("--watch [seconds]", "again and again, until ^C (every second)", seconds)
    .action(async ({ watch, ...options }) =>
      done(await (await verbs.snapshot()).snapshot({ ...options, watch: watch === true ? 1 : watch })),
    );
  verb("schema", "the JSON Schema of a recording's lines, or of the report")
    .addArgument(new Argument("<what>").choices(["recording", "report"]))
    .action(async (what) => done((await verbs.schema()).schema(what)));
  verb("doctor", "what this host can do, each lack with its fix")
    .option("--json", "as JSON", false)
    .action(async (options) => done((await verbs.doctor()).doctor(options)));
  return program;
}

function done(code: number): void {
  process.exitCode = code;
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    return;
  }
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`devmem-trace: ${harmless(error.message)}\n`);
  process.exitCode = error.exitCode;
}

// A reader that went away (`| head`) is no error worth words.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.clean);
  fail(new UserError(`stdout cannot be written: ${error.message}.`));
  process.exit();
});

await commandLine().parseAsync().catch(fail);
