// bpftrace - The one file that knows bpftrace: starts it, waits until it has attached, hands out its lines, stops it.
//
// stdout carries one JSON envelope per line (line.ts); stderr carries warnings and errors, kept for the sentence that
// tells why it ended. SIGINT makes it run the END probe and print what is left; then stdout ends.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cannot } from "../base/errors.ts";
import { ATTACHED, type Line, readLine } from "../events/bpftrace-line.ts";
import { lackingForBpftrace, lackingToTrace, lackText, ownPrivileges } from "../kernel/privileges.ts";
import { withRanges } from "./probe-text.ts";
import { ENVIRONMENT, findBpftrace, findProgram, OLDEST } from "./program.ts";

/**
 * Kernel map entries beside the births, one per socket that holds or held tokens and is not destroyed. The probes walk a map twice a
 * second, and a walk costs by the map's size, not by what is in it; a full map is told of.
 */
const MAX_MAP_KEYS = 4096;

/**
 * Pages of the ring buffer, which all CPUs share: bpftrace's default of 64 holds about a thousand lines, less than one
 * burst at level tokens.
 */
const RING_PAGES = 4096;

/**
 * Bytes up to which bpftrace keeps what a program puts together on the program's own stack. Beyond its default, 32, that goes
 * to a buffer per CPU which all programs share: one that interrupts another in the middle of a printf (a timer, a softirq,
 * any task where the kernel is preemptible) changes the line, even into one of its own kind. Longer than this are
 * lines with a stack only, at most one to a level: what nobody else writes to nobody changes. It stands in the program: 0.23 does not read it from the environment.
 */
const CONFIG = "config = { on_stack_limit = 256 }\n";

/** How long bpftrace may take to print what is left: detaching alone takes seconds on an emulated machine. */
const STOP_MS = 30_000;

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

/** Version as text, e.g. "0.23.2"; null when the program cannot be run. */
export function version(): string | null {
  const { path } = findBpftrace();
  const run = path && spawnSync(path, ["--version"], { encoding: "utf8", ...APART });
  return /^bpftrace v(\d+\.\d+\.\d+)/.exec(run ? run.stdout : "")?.[1] ?? null;
}

/** How every program of our own runs: nothing of the user's environment or working directory decides what it does. */
const APART = { env: ENVIRONMENT, cwd: "/" };

function command(): string {
  const { path, problem } = findBpftrace();
  if (path === undefined) throw cannot(problem);
  return path;
}

/** Has `for ($i : 0..n)`, and warns about `while`. */
const RANGES = [0, 24] as const;

/** Whether `text` ("0.23.2") is a version the probes are written for. */
export function isSupported(text: string): boolean {
  return isAtLeast(OLDEST, text);
}

function isAtLeast([leastMajor, leastMinor]: readonly [number, number], text: string): boolean {
  const [major = 0, minor = 0] = text.split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** Checks that bpftrace can be used here. Throws UserError (exit 4) with what is missing and its fix. */
export function requireBpftrace(): string {
  const has = ownPrivileges();
  const found = version();
  const lacking = [...new Set([...lackingToTrace(has), ...(found ? lackingForBpftrace(has, found) : [])])];
  if (lacking.length > 0) throw cannot(lackText("Tracing", lacking, has));
  if (!found) throw cannot(`${command()} --version does not answer as bpftrace does.`);
  if (!isSupported(found))
    throw cannot(`bpftrace ${found} is too old: ${OLDEST.join(".")} or newer is needed (Debian 13 has it).`);
  return found;
}

/** Starts a bpftrace and resolves once its probes are attached; it is killed when `signal` aborts before that. */
export type Starter = (signal: AbortSignal) => Promise<Tracer>;

/**
 * Starts `program` and resolves once all its probes are attached. Throws UserError when they cannot be, or when `signal`
 * aborts before they are.
 * @param births how many births it may keep (probes/holds.bt); 0: it keeps none
 */
export async function startTracer(program: string, births = 0, signal?: AbortSignal): Promise<Tracer> {
  const found = requireBpftrace();
  const [file = "", ...args] = [...dyingWithUs(), command(), "-f", "json", "-", String(births)];
  const child = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    // Its own process group: ^C on the terminal is ours to pass on, once the last lines can be read.
    detached: true,
    cwd: APART.cwd,
    env: {
      ...APART.env,
      BPFTRACE_MAX_MAP_KEYS: String(births + MAX_MAP_KEYS),
      BPFTRACE_PERF_RB_PAGES: String(RING_PAGES),
      [ATTACHED]: "1",
      BPFTRACE_PRINT_MAPS_ON_EXIT: "0",
    },
  });
  const end = watch(child);
  child.stdin?.end(CONFIG + (isAtLeast(RANGES, found) ? withRanges(program) : program));
  const lines = readLines(child.stdout.setEncoding("utf8"));
  const giveUp = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", giveUp);
  await untilAttached(lines, end);
  signal?.removeEventListener("abort", giveUp);
  return {
    version: found,
    pid: child.pid ?? 0,
    lines,
    stop: () => stop(child, end),
    ended: end.done.then(() => end.sentence),
  };
}

/**
 * Runs a command so that the kernel ends it when we end, however that is (PR_SET_PDEATHSIG, util-linux): no probe stays
 * attached. Where it cannot be had, bpftrace ends at the next line that nobody reads.
 */
function dyingWithUs(): string[] {
  const { path } = findProgram("setpriv");
  if (path === undefined) return [];
  const options = ["--pdeathsig", "KILL"];
  return spawnSync(path, [...options, "true"], APART).status === 0 ? [path, ...options] : [];
}

/**
 * Loads a program that is one iterator and pins it at `path`, a name in a BPF file system: whoever reads that file runs
 * it, and bpftrace is gone. Throws UserError (exit 4) when it cannot be had, or when `given` up while it was loaded. Whoever
 * pins also unlinks.
 */
export async function pinIterator(program: string, path: string, given?: AbortSignal): Promise<void> {
  const child = spawn(command(), ["-"], { stdio: ["pipe", "ignore", "pipe"], ...APART });
  const end = watch(child);
  given?.addEventListener("abort", () => child.kill("SIGKILL"));
  child.stdin?.end(program.replace(/^iter:\w+/m, (iterator) => `${iterator}:${path}`));
  await end.done;
  if (child.exitCode !== 0)
    throw cannot(`The sockets cannot be read: ${end.sentence}\nTry: devmem-trace doctor`);
}

interface End {
  stopped: boolean;
  stderr: string;
  sentence: string;
  done: Promise<void>;
}

function watch(child: ChildProcess): End {
  const end: End = { stopped: false, stderr: "", sentence: "", done: Promise.resolve() };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    end.stderr = (end.stderr + text).slice(-65536);
  });
  child.stdin?.on("error", () => {}); // It ended before it read the program: `done` tells why.
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
  const said = end.stderr.split("\n").find((line) => /ERROR|[Ff]ailed/.test(line));
  return said ? `bpftrace ${how}: ${said.trim()}` : `bpftrace ${how}.`;
}

/** What bpftrace prints, as it comes, line by line; Node's readline would take longer than everything behind it. */
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
