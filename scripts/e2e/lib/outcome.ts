// outcome - Jobs run in a guest under one tracer: the workload's statements, the recording, and the report.

import type { Level } from "../../../collector/events/event.ts";
import type { Report, ReportSocket } from "../../../collector/report/shape.ts";
import type { Statement } from "../../receive/session/statement.ts";
import type { E2eJob } from "./jobs.ts";
import { linesOf, placeOf, type Suite } from "./suite.ts";

export interface Outcome {
  statements: Statement[];
  /** The bytes of the file. */
  recording: Buffer;
  /** The tracer's report at its end. */
  report: Report;
  /** The same by a second tracer, at level sampled; null where there was none. */
  sampled: Sampled | null;
}

export interface Sampled {
  report: Report;
  /** The statement of the receiver that ran while the BPF programs were counted. */
  quiet: Statement;
  /** How often each program ran meanwhile, the rarest first. */
  runs: number[];
}

/** Jobs, one after the other, and what traces them. */
export interface Scenarios {
  name: string;
  level: Level;
  jobs: E2eJob[];
  /** A job that has received everything before the tracer attaches, and ends under it. */
  earlier?: E2eJob;
  /** A second tracer runs beside the first, at level sampled. */
  sampled?: boolean;
}

/** The part of a suite that runs in the guest. */
export function commandOf(scenarios: Scenarios): Pick<Suite, "name" | "files" | "command"> {
  const { name, level, jobs, earlier, sampled } = scenarios;
  const at = (file: string) => `${placeOf({ name })}/${file}`;
  const files = { jobs: jobs.map(asLine).join(""), earlier: earlier ? asLine(earlier) : "" };
  const command = ["scripts/e2e/guest/scenarios", level, at("jobs")];
  if (earlier) command.push("--earlier", at("earlier"));
  if (sampled) command.push("--sampled");
  return { name, files, command };
}

const asLine = (job: E2eJob) => `${JSON.stringify(job)}\n`;

/** What guest/scenarios printed. */
export function outcomeOf(output: string): Outcome {
  const [statements = "", report = "", recording = "", sampled, runs = ""] = output.split(/^---\n/m);
  return {
    statements: linesOf(statements).map((line) => JSON.parse(line)),
    recording: Buffer.from(recording, "base64"),
    report: JSON.parse(report),
    sampled: sampled === undefined ? null : sampledOf(sampled, linesOf(runs)),
  };
}

function sampledOf(report: string, lines: string[]): Sampled {
  const [before, after, quiet] = lines.map((line) => JSON.parse(line));
  const runs = Object.entries<number>(after).map(([id, count]) => count - (before[id] ?? 0));
  return { report: JSON.parse(report), quiet, runs: runs.sort((a, b) => a - b) };
}

/** The report's rows of the sockets in a statement. */
export function socketsOf(report: Report, statement: Statement): ReportSocket[] {
  return report.sockets.filter((s) =>
    statement.sockets.some((stated) => stated.local === s.local && stated.remote === s.remote),
  );
}
