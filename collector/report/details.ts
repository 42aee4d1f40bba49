// details - What every face of the report adds to the row of a socket or a binding, sentence by sentence.

import { bytes, duration, plural, printable } from "../base/format.ts";
import { findingText } from "./finding-text.ts";
import type { ReportBinding, ReportSocket, ReportToken, Time } from "./shape.ts";
import { elapsed } from "./time.ts";

/** Sentences without a period. Names from the traced host in them are printable, and not escaped for any face. */
export function socketDetails(s: ReportSocket): string[] {
  return [
    ...optional(s.why),
    ...closer(s),
    ...cgroup(s),
    ...(s.pinnedBytes > 0 ? [`pins up to ${bytes(s.pinnedBytes)}`] : []),
    ...holdTimes(s),
    ...unknownAges(s),
    ...s.findings.map(findingText),
    ...leakedTokens(s),
  ];
}

function optional(text: string): string[] {
  return text === "" ? [] : [text];
}

function closer({ pid, comm, closedAt, closePid, closeComm }: ReportSocket): string[] {
  if (closedAt === null || (closePid === pid && closeComm === comm)) return [];
  if (closePid === 0) return ["its close was not seen: the process that closed it is unknown"];
  return [`closed by pid ${closePid} (${printable(closeComm)})`];
}

function cgroup({ cgroup, netns }: ReportSocket): string[] {
  if (cgroup === "" || cgroup === "/") return [];
  return [`in cgroup ${printable(cgroup)}, network namespace ${netns}`];
}

function holdTimes({ holds }: ReportSocket): string[] {
  if (!holds) return [];
  const [p50, p99, max] = [holds.p50, holds.p99, holds.max].map((ns) => duration(ns));
  return [`held ${plural(holds.count, "returned token")} for ${p50} (p50), ${p99} (p99), ${max} (max)`];
}

function unknownAges({ issuedBefore }: ReportSocket): string[] {
  return issuedBefore ? [`held ${plural(issuedBefore, "token")} before the trace: their age is unknown`] : [];
}

/** At most this many leaked tokens are listed by number; the JSON has them all. */
const LISTED = 8;

function leakedTokens({ leaked, heldAtClose, closedAt, leakedSure }: ReportSocket): string[] {
  const listed = leaked.slice(0, LISTED);
  const rest = heldAtClose - listed.length;
  if (listed.length === 0) return [];
  return [
    ...listed.map((token) => leakedToken(token, closedAt)),
    ...(rest > 0 ? [`and ${plural(rest, "more token")}`] : []),
    ...receivedBy(leaked),
    ...(leakedSure ? [] : ["events were lost: these may not be the tokens it leaked"]),
  ];
}

function leakedToken({ token, dmabufId, offset, size, tid, issuedAt }: ReportToken, closedAt: Time): string {
  const age = elapsed(issuedAt, closedAt);
  return `token ${token}: dma-buf ${dmabufId} offset ${offset}, ${size} bytes, thread ${tid}, held ${age} at close`;
}

const STACKS_SHOWN = 3;
const FRAMES_SHOWN = 6;

/** Level tokens: which code received these, most tokens first: "23 tokens received by recvmsg < drain < main". */
export function receivedBy(tokens: readonly { stack: string }[]): string[] {
  const stacks = new Map<string, number>();
  for (const { stack } of tokens) if (stack !== "") stacks.set(stack, (stacks.get(stack) ?? 0) + 1);
  const most = [...stacks].sort(([, a], [, b]) => b - a).slice(0, STACKS_SHOWN);
  return most.map(([stack, count]) => `${plural(count, "token")} received by ${stackText(stack)}`);
}

/** The innermost function first. */
function stackText(stack: string): string {
  const frames = stack.split(";").reverse();
  const shown = frames.slice(0, FRAMES_SHOWN).map(printable).join(" < ");
  return frames.length > FRAMES_SHOWN ? `${shown} < ...` : shown;
}

/** Sentences without a period. */
export function bindingDetails(b: ReportBinding): string[] {
  return [...optional(b.why), ...gone(b), ...exhaustions(b), ...exhaustionAhead(b)];
}

/** Of a binding that only its unbind shows, the device is not known. */
function gone({ ifindex, bytes }: ReportBinding): string[] {
  return ifindex === 0 && bytes > 0 ? ["its device is gone: unregistered while it was bound"] : [];
}

function exhaustions(binding: ReportBinding): string[] {
  const { episodes, failed } = exhaustionsOf(binding);
  if (failed === 0) return [];
  return [`exhausted in ${plural(episodes, "episode")}: ${plural(failed, "page allocation")} failed`];
}

/** Of the ledger or of the report. */
interface Exhausted {
  dry: readonly { failed: number }[];
  dryBefore?: { episodes: number; failed: number };
}

/** How often it was exhausted, and how many page allocations failed then, also in episodes that are not listed any more. */
export function exhaustionsOf({ dry, dryBefore }: Exhausted) {
  const listed = dry.reduce((sum, episode) => sum + episode.failed, 0);
  return {
    episodes: (dryBefore?.episodes ?? 0) + dry.length,
    failed: (dryBefore?.failed ?? 0) + listed,
  };
}

function exhaustionAhead({ timeToExhaustion, unboundAt }: ReportBinding): string[] {
  if (timeToExhaustion === null || unboundAt !== null) return [];
  return [`exhausted in ${duration(timeToExhaustion)} at this rate`];
}
