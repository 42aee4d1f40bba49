// judge - A report held against what really happened: every verdict that is false, as a sentence.

import { apply, newLedger } from "../../ledger/ledger.ts";
import { reportOf } from "../../report/report.ts";
import type { Report, ReportSocket } from "../../report/shape.ts";
import type { Binding } from "./kernel.ts";
import type { ModelRun } from "./schedule.ts";
import type { Life } from "./truth.ts";

/** What a trace of `run` reports. */
export function reportOn(run: ModelRun): Report {
  const ledger = newLedger(run.header);
  for (const event of run.events) apply(ledger, event);
  return reportOf(ledger);
}

/** Whether the run leaked: null where the trace began in the middle of it, and either answer is right. */
export function isLeak(run: ModelRun): boolean | null {
  const seen = run.lives.filter((life) => life.closedAt > run.attachedAt);
  if (seen.some(hasLeaked) || run.bindings.some((b) => !b.early && isPinned(run, b))) return true;
  const before = run.lives.filter((life) => life.closedAt >= 0 && life.closedAt <= run.attachedAt);
  const hadLeaked = before.some((life) => hasLeaked(life) && !wasGone(run, life));
  return hadLeaked || run.bindings.some((b) => b.early && !b.freed) ? null : false;
}

const wasGone = (run: ModelRun, { sock, destroyedAt }: Life) =>
  !sock.manual && destroyedAt >= 0 && destroyedAt <= run.attachedAt;

/** It closed while holding tokens, and in manual mode they were not all returned by another socket. */
function hasLeaked({ sock, closedAt, heldAtClose, kept, swept }: Life): boolean {
  if (closedAt < 0) return false;
  return sock.manual ? swept > 0 || kept > 0 : heldAtClose > 0;
}

/** Unbound, and a token keeps it from being freed. */
function isPinned({ lives }: ModelRun, binding: Binding): boolean {
  if (binding.bound || binding.freed) return false;
  const inXarray = ({ sock }: Life) => [...sock.xarray.values()].some((frag) => frag.binding === binding);
  return binding.uref.some((uref) => uref > 0) || lives.some(inXarray);
}

/** Sentences of what the report says that is not so. Being unsure is never false. */
export function falsehoods(run: ModelRun, report: Report): string[] {
  const leak = isLeak(run);
  const wrong: string[] = [];
  if (report.verdict === "leak" && leak === false) wrong.push(`false leak: ${report.why}`);
  if (report.verdict === "clean" && leak === true) wrong.push(`false clean: ${report.why}`);
  for (const socket of report.sockets) wrong.push(...socketFalsehoods(run, socket));
  return wrong;
}

const CLEAN = new Set(["clean", "returned elsewhere"]);

function socketFalsehoods(run: ModelRun, socket: ReportSocket): string[] {
  const { id, verdict, why } = socket;
  if (verdict === "inconclusive") return [];
  const life = lifeOf(run, socket);
  if (!life) return [`${id} is ${verdict}, and there is no such connection`];
  const said = `${id} (port ${life.sock.port}) is ${verdict} (${why})`;
  if (verdict === "open") return life.closedAt < 0 ? [] : [`${said}, and was closed`];
  if (life.closedAt < 0) return [`${said}, and is open`];
  if (CLEAN.has(verdict)) return hasLeaked(life) ? [`${said}, and held ${life.heldAtClose} at close`] : [];
  return hasLeaked(life) ? [] : [`${said}, and leaked nothing`];
}

/** The connection whose memory this was at the time of its id; nothing else of a report is used to find it. */
function lifeOf({ lives }: ModelRun, { id, local, remote }: ReportSocket): Life | undefined {
  const [ptr, born] = id.split("@");
  const t = Number(born);
  const here = lives.filter(({ sock }) => sock.ptr === ptr);
  if (remote !== "" && local !== "") return here.find(({ sock }) => remote.endsWith(`:${sock.port}`));
  return here.findLast(({ from }) => from <= t);
}
