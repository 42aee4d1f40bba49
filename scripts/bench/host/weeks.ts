// weeks - Whether a live trace of weeks stays small: connections by the million into `live --plain -`, and its memory meanwhile.
//
// weeks [SOCKETS]: 200,000 without it; 60,000,000 are a week of 100 connections a second, in an hour and a quarter. One in a
// hundred leaks. Exits with 1 if memory grows, or if the report does not name every role that leaked.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { eventLine } from "../../../collector/recording/format/event-line.ts";
import { headerLine } from "../../../collector/recording/format/header.ts";
import { churn } from "../../../collector/testing/churn.ts";
import { headerOf } from "../header.ts";

const SOCKETS = Number(process.argv[2] ?? 200_000);
const ROLES = 50;
const LEAK_ONE_IN = 100;
const SAMPLES = 24;
/** Characters that are written at once. */
const PIECE = 2 ** 17;
const TOOL = "scripts/devmem-trace";

type Tool = ChildProcessByStdio<Writable, Readable, null>;

/** Where the process is: sockets written, seconds since the start, MiB in memory, seconds of CPU time. */
interface Sample {
  sockets: number;
  seconds: number;
  rss: number;
  cpu: number;
}

function sampleOf(tool: Tool, sockets: number, lines: number): Sample {
  const status = readFileSync(`/proc/${tool.pid}/status`, "utf8");
  const times = readFileSync(`/proc/${tool.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  const cpu = (Number(times[11]) + Number(times[12])) / 100;
  const seconds = performance.now() / 1e3;
  const rate = `${Math.round(lines / seconds)} lines/s, ${Math.round(lines / cpu)} per second of CPU time`;
  console.log(`  ${sockets} sockets, ${seconds.toFixed(0)} s: ${rss.toFixed(0)} MiB; ${rate}`);
  return { sockets, seconds, rss, cpu };
}

/** The trace in pieces; takes a sample now and then. */
function* trace(tool: Tool, samples: Sample[]): Generator<string> {
  let [text, lines, sockets, t] = [`${headerLine(headerOf("counts"))}\n`, 0, 0, 0];
  for (const event of churn({ sockets: SOCKETS, roles: ROLES, leakOneIn: LEAK_ONE_IN })) {
    text += `${eventLine(event)}\n`;
    lines += 1;
    t = event.t;
    if (event.kind === "destroy") sockets += 1;
    if (text.length < PIECE) continue;
    yield text;
    text = "";
    if (sockets >= ((samples.length + 1) * SOCKETS) / SAMPLES) samples.push(sampleOf(tool, sockets, lines));
  }
  yield `${text}${eventLine({ kind: "end", t, reason: "stopped", detail: "" })}\n`;
}

/** Writes the whole trace, as fast as the tool reads it. Where the tool ends first, its own sentence is on stderr. */
async function feed(tool: Tool): Promise<Sample[]> {
  const samples: Sample[] = [];
  const pieces = Readable.from(trace(tool, samples), { objectMode: false });
  await pipeline(pieces, tool.stdin).catch(() => {});
  return samples;
}

const VERDICT = "\nverdict: ";

/** The report at the end of what the tool prints; the lines before it are not kept. */
async function reportOf(output: Readable): Promise<string> {
  let report = "";
  for await (const piece of output.setEncoding("latin1")) {
    const text = report + piece;
    const at = report.startsWith(VERDICT) ? 0 : text.indexOf(VERDICT);
    report = at < 0 ? text.slice(-VERDICT.length) : text.slice(at);
  }
  return report;
}

/** A garbage collector lets memory grow to a multiple of what is in use before it looks. */
const SLACK = 1.3;

/** What is wrong with the samples and the report, in sentences. */
function failures(samples: Sample[], report: string): string[] {
  const half = samples.length / 2;
  const peak = (some: Sample[]) => Math.max(...some.map(({ rss }) => rss));
  const [early, late] = [peak(samples.slice(0, half)), peak(samples.slice(half))];
  const leaks = SOCKETS / LEAK_ONE_IN;
  const missing = Array.from({ length: ROLES }, (_, i) => `server-${i}`).filter(
    (name) => !isNamed(report, name),
  );
  return [
    ...(late > SLACK * early ? [`memory grows: ${early.toFixed(0)} MiB, then ${late.toFixed(0)} MiB`] : []),
    ...(report.includes(`verdict: leak - ${leaks} sockets closed`)
      ? []
      : [`not ${leaks} leaks: ${report.slice(0, 200)}`]),
    ...(missing.length > 0 ? [`roles that leaked and are not named: ${missing.join(", ")}`] : []),
  ];
}

/** Whether a role has leaks among what was let go, or one of its sockets that leaked is listed. */
function isNamed(report: string, name: string): boolean {
  return new RegExp(`^${name} port \\d+ on \\w+ +\\d+ +[1-9]|^(reclaimed) +\\d+ +${name} `, "m").test(report);
}

console.log(`${SOCKETS} sockets of ${ROLES} roles into live --plain -, one in ${LEAK_ONE_IN} leaks:`);
const tool = spawn(TOOL, ["live", "--plain", "-"], { stdio: ["pipe", "pipe", "inherit"] });
tool.stdin.on("error", () => {}); // It has ended: see feed.
const [samples, report] = await Promise.all([feed(tool), reportOf(tool.stdout)]);
const wrong = failures(samples, report);
console.log(`  ${report.split("\n").slice(1, 4).join("\n  ")}`);
for (const sentence of wrong) console.log(`  FAILED: ${sentence}`);
if (wrong.length === 0) console.log("  memory is flat, and every role that leaked is named");
process.exitCode = wrong.length > 0 ? 1 : 0;
