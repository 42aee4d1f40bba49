// faces - Everything the program makes of a recording, each as a process of its own whose peak of memory is measured.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What one run needed. */
export interface Run {
  code: number | null;
  /** The signal that ended it; null where it ended by itself. */
  signal: string | null;
  /** Of CPU time, which other work on the machine does not change. */
  seconds: number;
  /** The largest resident size, MiB. */
  peak: number;
  out: string;
  err: string;
  written: number;
}

const MAIN = "scripts/cli/main";
const EXPORTS = ["perfetto", "pprof", "speedscope", "folded", "openmetrics"];
const TABLES = ["sockets", "bindings", "events"];

/** Name → program and arguments for a recording. */
export const FACES: Readonly<Record<string, (file: string) => [program: string, ...args: string[]]>> = {
  "report text": (file) => [MAIN, "report", file],
  "report json": (file) => [MAIN, "report", file, "--json"],
  "report markdown": (file) => [MAIN, "report", file, "--markdown"],
  "report html": (file) => [MAIN, "report", file, "--html"],
  "live lines": (file) => [MAIN, "live", "--plain", file],
  "profile text": (file) => [MAIN, "profile", file],
  "profile json": (file) => [MAIN, "profile", file, "--json"],
  "diff text": (file) => [MAIN, "diff", file, file],
  "diff json": (file) => [MAIN, "diff", file, file, "--json"],
  ...Object.fromEntries(
    EXPORTS.map((format) => [format, (file: string) => [MAIN, "export", file, "--format", format] as const]),
  ),
  ...Object.fromEntries(
    ["csv", "parquet"].flatMap((format) =>
      TABLES.map((table) => [
        `${format} ${table}`,
        (file: string) => [MAIN, "export", file, "--format", format, "--table", table] as const,
      ]),
    ),
  ),
  screen: (file) => ["scripts/e2e/host/screen-of", file],
};

/** Faces whose output is bytes. */
export const BYTES = /^(perfetto|pprof|parquet)/;

/** Where the programs are, compiled. */
export function compiled(): string {
  return execFileSync("scripts/run-ts", ["--build"], { encoding: "utf8" }).trim();
}

/**
 * Prints the peak (KiB) and the CPU time to descriptor 3 when the process ends. The peak is that of the program: maxRSS of
 * getrusage begins with what its parent had (exec_mmap, fs/exec.c).
 */
const REPORTER = `data:text/javascript,${encodeURIComponent(
  'import { readFileSync, writeSync } from "node:fs"; process.on("exit", () => { const u = process.resourceUsage(); writeSync(3, /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1] + " " + (u.userCPUTime + u.systemCPUTime) / 1e6); });',
)}`;
const LOOK_MS = 50;
/** Something that only waits. */
const HANG_MS = 1_200_000;
/** Characters of the output that are kept. */
const KEPT = 2 ** 22;

/** Limits of a run: it is killed after so many seconds of CPU time, or at `most` MiB, so that the machine stays usable. */
export interface Limits {
  seconds: number;
  most: number;
}

export async function measured(
  build: string,
  [program, ...args]: readonly string[],
  limits: Limits,
): Promise<Run> {
  const node = [process.execPath, "--import", REPORTER, join(build, `${program}.js`), ...args];
  const child = spawn("sh", ["-c", 'ulimit -t "$0"; exec "$@"', String(limits.seconds), ...node], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: HANG_MS,
    killSignal: "SIGKILL",
  });
  const [out, err, told] = [1, 2, 3].map((fd) => kept(child, fd));
  let seen = 0;
  const watch = setInterval(() => {
    seen = Math.max(seen, resident(child));
    if (seen > limits.most) child.kill("SIGKILL");
  }, LOOK_MS);
  const { code, signal } = await new Promise<Pick<Run, "code" | "signal">>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  clearInterval(watch);
  const [peak = 0, seconds = limits.seconds] = (told?.text ?? "").split(" ").filter(Boolean).map(Number);
  return {
    code,
    signal,
    seconds,
    peak: Math.max(seen, peak / 1024),
    out: out?.text ?? "",
    err: err?.text ?? "",
    written: out?.length ?? 0,
  };
}

/** What the child writes to a descriptor: how much, and the beginning. */
function kept(child: ChildProcess, fd: number): { text: string; length: number } {
  const all = { text: "", length: 0 };
  child.stdio[fd]?.on("data", (bytes: Buffer) => {
    all.length += bytes.length;
    if (all.text.length < KEPT) all.text += bytes.toString("utf8");
  });
  return all;
}

/** MiB so far at most; 0 when it has ended. */
function resident({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
