// bpftrace - The one file that knows bpftrace: starts it, waits until it has attached, hands out its lines, stops it.
//
// stdout carries one JSON envelope per line (events/bpftrace-line.ts); stderr carries warnings and errors, kept for the
// sentence that explains why it ended. SIGINT makes it run the END probe and print what is left; then stdout ends.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cannot } from "../base/errors.ts";
import { addLastStep } from "../base/last-steps.ts";
import { ATTACHED, type Line, readLine } from "../events/bpftrace-line.ts";
import { lackingForBpftrace, lackingToTrace, lackText, ownPrivileges } from "../kernel/privileges.ts";
import { ENVIRONMENT, findBpftrace, findProgram, OLDEST, type Version } from "./trusted-programs.ts";

/** Has `for ($i : 0..n)`, and warns about `while`. */
const RANGES: Version = [0, 24];

/** How long bpftrace may take to print what is left: detaching alone takes seconds on an emulated machine. */
const STOP_MS = 30_000;
/** How much of stderr is kept. */
const STDERR_CHARACTERS = 65_536;

/** A running bpftrace with every probe attached. */
export interface Tracer {
  version: string;
  pid: number;
  lines: AsyncIterable<Line>;
  /** Asks it to print what is left and end; `lines` ends when it has. */
  stop(): void;
  /** Resolves when it has ended: why, as one sentence; empty when it was asked to. */
  ended: Promise<string>;
}

/** Starts a bpftrace and resolves once its probes are attached; it is killed when `signal` aborts before that. */
export type Starter = (signal: AbortSignal) => Promise<Tracer>;

/** Version as text, e.g. "0.23.2"; null when the program cannot be run. */
export function version(): string | null {
  const { path } = findBpftrace();
  const run = path && spawnSync(path, ["--version"], { encoding: "utf8", ...APART });
  return versionIn(run ? run.stdout : "");
}

/** What `bpftrace --version` says: "v0.23.2", "v0.25-35-g1a2b3c" or "0.26.0" by how it was built; null: not a version. */
export function versionIn(output: string): string | null {
  return /^bpftrace v?(\d+\.\d+(\.\d+)?)/.exec(output)?.[1] ?? null;
}

/** How every program of our own runs: nothing of the user's environment or working directory decides what it does. */
const APART = { env: ENVIRONMENT, cwd: "/" };

function command(): string {
  const { path, problem } = findBpftrace();
  if (path === undefined) throw cannot(problem);
  return path;
}

/** Whether `text` ("0.23.2") is a version the probes are written for. */
export function isSupported(text: string): boolean {
  return isAtLeast(OLDEST, text);
}

/** Whether a loop over a range can be written for this version. */
export function hasRanges(text: string): boolean {
  return isAtLeast(RANGES, text);
}

function isAtLeast([leastMajor, leastMinor]: Version, text: string): boolean {
  const [major = 0, minor = 0] = text.split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** Checks that bpftrace can be used here; its version. Throws UserError (exit 4) with what is missing and its fix. */
export function requireBpftrace(): string {
  const has = ownPrivileges();
  const found = version();
  const lacking = [...new Set([...lackingToTrace(has), ...(found ? lackingForBpftrace(has, found) : [])])];
  if (lacking.length > 0) throw cannot(lackText("Tracing", lacking, has));
  const oldest = OLDEST.join(".");
  if (!found) throw cannot(`${command()} --version does not answer as bpftrace does.`);
  if (!isSupported(found))
    throw cannot(
      `bpftrace ${found} is too old: ${oldest} or newer is needed (Debian 13 has it); another one can be named with --bpftrace.`,
    );
  return found;
}

/** What else a start may be given: when to give it up, and what $1, $2, … of the program stand for. */
export interface StartOptions {
  signal?: AbortSignal;
  parameters?: readonly string[];
}

/**
 * Starts `program` with the bpftrace that requireBpftrace found, of `version`, and resolves once all its probes are attached.
 * Throws UserError when they cannot be attached, or when `signal` aborts before they are.
 */
export async function startTracer(
  program: string,
  version: string,
  { signal, parameters = [] }: StartOptions = {},
): Promise<Tracer> {
  if (ending) throw cannot("The trace has ended.");
  const child = spawnTracer(parameters);
  const end = watch(child);
  child.stdin?.end(program);
  const lines = readLines(child.stdout.setEncoding("utf8"));
  const giveUp = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", giveUp);
  await untilAttached(lines, end);
  signal?.removeEventListener("abort", giveUp);
  return {
    version,
    pid: child.pid ?? 0,
    lines,
    stop: () => stop(child, end),
    ended: end.done.then(() => end.sentence),
  };
}

function spawnTracer(parameters: readonly string[]) {
  const [file = "", ...args] = [...dyingWithUs(), command(), "-f", "json", "-", ...parameters];
  return spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    // Its own process group: we pass ^C on the terminal on, once its last lines can be read.
    detached: true,
    cwd: APART.cwd,
    env: { ...APART.env, [ATTACHED]: "1", BPFTRACE_PRINT_MAPS_ON_EXIT: "0" },
  });
}

/**
 * Runs a command so that the kernel ends it when we end, in whatever way (PR_SET_PDEATHSIG, by util-linux): no probe stays
 * attached. Without setpriv, bpftrace ends at the next line that nobody reads.
 */
function dyingWithUs(): string[] {
  const { path } = findProgram("setpriv");
  if (path === undefined) return [];
  const options = ["--pdeathsig", "KILL"];
  return spawnSync(path, [...options, "true"], APART).status === 0 ? [path, ...options] : [];
}

/**
 * Loads a program that is one iterator and pins it at `path`, a name in a BPF file system: reading that file runs the
 * iterator, and bpftrace is gone. Throws UserError (exit 4) when it cannot be loaded, or when `signal` aborts before it is.
 * Whoever pins also unlinks.
 */
export async function pinIterator(program: string, path: string, signal?: AbortSignal): Promise<void> {
  const child = spawn(command(), ["-"], { stdio: ["pipe", "ignore", "pipe"], ...APART });
  const end = watch(child);
  signal?.addEventListener("abort", () => child.kill("SIGKILL"));
  child.stdin?.end(program.replace(/^iter:\w+/m, (iterator) => `${iterator}:${path}`));
  await end.done;
  if (child.exitCode !== 0)
    throw cannot(`The sockets cannot be read: ${end.sentence}\nTry: devmem-trace doctor`);
}

interface End {
  /** Whether it was asked to end. */
  stopped: boolean;
  stderr: string;
  sentence: string;
  done: Promise<void>;
}

/** Every bpftrace that runs. */
const running = new Set<ChildProcess>();
/** No other is started. */
let ending = false;
addLastStep(killAll);

/** Kills every bpftrace; resolves when they are gone, and their probes with them. */
async function killAll(): Promise<void> {
  ending = true;
  const gone = [...running].map((child) => once(child, "exit"));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(gone);
}

function watch(child: ChildProcess): End {
  if (child.pid !== undefined) running.add(child);
  child.on("exit", () => running.delete(child));
  const end: End = { stopped: false, stderr: "", sentence: "", done: Promise.resolve() };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    end.stderr = (end.stderr + text).slice(-STDERR_CHARACTERS);
  });
  child.stdin?.on("error", () => {}); // It ended before it read the program: `done` has the reason.
  const onExit = () => child.kill("SIGKILL");
  process.on("exit", onExit);
  end.done = new Promise((resolve) => {
    child.on("error", (error) => settle(`bpftrace could not be started: ${error.message}.`));
    child.on("close", (code, signal) => settle(explain(end, code, signal)));
    function settle(sentence: string) {
      process.off("exit", onExit);
      end.sentence ||= end.stopped ? "" : sentence;
      resolve();
    }
  });
  return end;
}

function explain(end: End, code: number | null, signal: string | null): string {
  const how = signal ? `was ended by ${signal}` : `ended by itself with exit code ${code}`;
  const reason = end.stderr.split("\n").find((line) => /ERROR|[Ff]ailed/.test(line));
  return reason ? `bpftrace ${how}: ${reason.trim()}` : `bpftrace ${how}.`;
}

/** What bpftrace prints, as it comes, line by line; Node's readline would take longer than everything that follows it. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let begun = "";
  for await (const piece of text) {
    const raws = (begun + piece).split("\n");
    begun = raws.pop() as string;
    for (const raw of raws) {
      const line = readLine(raw);
      if (line) yield line;
    }
  }
  const last = readLine(begun);
  if (last) yield last;
}

async function untilAttached(lines: AsyncGenerator<Line>, end: End): Promise<void> {
  for (;;) {
    const next = await lines.next();
    if (next.done) break;
    if (next.value.kind === "attached") return;
  }
  await end.done;
  throw cannot(`The probes could not be attached: ${end.sentence}\nTry: devmem-trace doctor`);
}

function stop(child: ChildProcess, end: End): void {
  if (end.stopped || child.exitCode !== null || child.signalCode !== null) return;
  end.stopped = true;
  child.kill("SIGINT");
  const hung = setTimeout(() => {
    end.sentence = `bpftrace did not end within ${STOP_MS / 1000} s of being asked to and was killed.`;
    child.kill("SIGKILL");
  }, STOP_MS);
  void end.done.then(() => clearTimeout(hung));
}
