// outcome - Jobs run in a guest under one tracer: what the workload states, what was recorded, what the report says of it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Level } from "../../collector/event.ts";
import type { Report, ReportSocket } from "../../collector/report.ts";
import type { Statement } from "../receive/statement.ts";
import type { E2eJob } from "./jobs.ts";
import { testbed } from "./testbed.ts";

export interface Outcome {
  statements: Statement[];
  /** The bytes of the file. */
  recording: Buffer;
  /** What the tracer reported when it ended. */
  report: Report;
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
  const [statements = "", report = "", recording = ""] = output.split(/^---\n/m);
  return {
    statements: statements
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
    recording: Buffer.from(recording, "base64"),
    report: JSON.parse(report),
  };
}

/** The report's rows of the sockets a statement is about. */
export function socketsOf(report: Report, statement: Statement): ReportSocket[] {
  return report.sockets.filter((s) =>
    statement.sockets.some((stated) => stated.local === s.local && stated.remote === s.remote),
  );
}
