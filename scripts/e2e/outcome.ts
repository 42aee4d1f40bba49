// outcome - Jobs run in a guest under one tracer: what the workload states, what was recorded, what the report says of it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Level } from "../../collector/events/event.ts";
import type { Report, ReportSocket } from "../../collector/report/report.ts";
import type { Statement } from "../receive/session/statement.ts";
import type { E2eJob } from "./jobs.ts";
import { testbed } from "./testbed.ts";

export interface Outcome {
  statements: Statement[];
  /** The bytes of the file. */
  recording: Buffer;
  /** What the tracer reported when it ended. */
  report: Report;
  /** What a second tracer at level sampled said of the same; null where there was none. */
  sampled: Sampled | null;
}

export interface Sampled {
  report: Report;
  /** Who received while its BPF programs were counted. */
  quiet: Statement;
  /** How often each of them ran meanwhile, seldom first. */
  runs: number[];
}

/** Boots `guest` and runs the jobs, one after the other. `earlier` has received all it will before the tracer attaches. */
export async function runGuest(
  guest: string,
  level: Level,
  jobs: E2eJob[],
  earlier?: E2eJob,
): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), "devmem-trace-e2e-"));
  try {
    writeFileSync(join(dir, "jobs"), jobs.map((job) => `${JSON.stringify(job)}\n`).join(""));
    if (earlier) writeFileSync(join(dir, "earlier"), `${JSON.stringify(earlier)}\n`);
    const files = ["/mnt/with/jobs", ...(earlier ? ["/mnt/with/earlier"] : [])];
    return outcomeOf(
      await testbed("--guest", guest, "--with", dir, "--", "scripts/e2e/guest", level, ...files),
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function outcomeOf(output: string): Outcome {
  const [statements = "", report = "", recording = "", sampled, runs = ""] = output.split(/^---\n/m);
  return {
    statements: linesOf(statements).map((line) => JSON.parse(line)),
    recording: Buffer.from(recording, "base64"),
    report: JSON.parse(report),
    sampled: sampled === undefined ? null : sampledOf(sampled, linesOf(runs)),
  };
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

function sampledOf(report: string, lines: string[]): Sampled {
  const [before, after, quiet] = lines.map((line) => JSON.parse(line));
  const runs = Object.entries<number>(after).map(([id, count]) => count - (before[id] ?? 0));
  return { report: JSON.parse(report), quiet, runs: runs.sort((a, b) => a - b) };
}

/** The report's rows of the sockets a statement is about. */
export function socketsOf(report: Report, statement: Statement): ReportSocket[] {
  return report.sockets.filter((s) =>
    statement.sockets.some((stated) => stated.local === s.local && stated.remote === s.remote),
  );
}
