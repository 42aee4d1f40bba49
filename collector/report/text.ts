// text - The report as text: what goes to stderr at the end of a run and into a bug.

import { bytes, duration, plural, printable, table } from "../base/format.ts";
import { checksText } from "../ledger/evidence/checks.ts";
import { gapText, lostText, skippedText } from "../ledger/evidence/missing.ts";
import type { Report, ReportBinding, ReportFinding, ReportSelection, ReportSocket, Time } from "./report.ts";

/** The whole report, one line per array entry. The first line alone says what came out. */
export function reportText(report: Report): string[] {
  const { kernel, level, lostBy } = report;
  const seen = `kernel ${printable(kernel.release)} (${kernel.variant}), level ${level}, ${elapsed(report.from, report.to)}, ${lostText(lostBy)}`;
  return [
    headline(report),
    seen,
    ...missingLines(report).map(printable),
    ...reconciledText(report),
    ...(report.selection ? [selectionText(report.selection, report.from)] : []),
    "",
    ...socketLines(report.sockets, report.selection),
    "",
    ...bindingLines(report.bindings, report.selection),
    ...strangerLines(report.findings),
  ].map((line) => printable(line));
}

/** A sentence for what was skipped, and one for each stretch in which nothing was traced, in seconds since the start. */
export function missingLines({ gaps, skippedRuns, from: start }: Report): string[] {
  const since = (t: Time) => (t === null ? -1 : Number(BigInt(t) - BigInt(start ?? 0)));
  const stretches = gaps.map(({ from, to, why }) => gapText({ from: since(from), to: since(to), why }));
  return [skippedText(skippedRuns), ...stretches].filter((line) => line !== "");
}

/** Nothing for a recording from before there were such checks. */
export function reconciledText({ reconciled, from }: Report): string[] {
  const { times, at, unchecked } = reconciled;
  if (times === 0 && unchecked === "") return [];
  const t = at === null || from === null ? -1 : Number(BigInt(at) - BigInt(from));
  return [`reconciled with the kernel ${printable(checksText({ ...reconciled, at: t }))}`];
}

function headline({ verdict, why }: Report): string {
  return `verdict: ${verdict}${why ? ` - ${printable(why)}` : ""}`;
}

/** Time between two points, "?" where one is not known. */
export function elapsed(from: Time, to: Time): string {
  return from === null || to === null ? "?" : duration(Number(BigInt(to) - BigInt(from)));
}

/** What is shown and what the verdict is of, in a sentence; `start` is the recording's. */
export function selectionText(selection: ReportSelection, start: Time): string {
  const { filters, from, to, sockets, ofSockets, bindings, ofBindings } = selection;
  const asked = Object.entries(filters).map(([name, value]) => `${name} ${printable(String(value))}`);
  const stretch = `${elapsed(start, from)} to ${elapsed(start, to)}`;
  return `shown: ${sockets} of ${plural(ofSockets, "socket")}, ${bindings} of ${plural(ofBindings, "binding")} (${[stretch, ...asked].join(", ")}), as they stood at its end; the verdict is of the whole recording`;
}

function socketLines(sockets: ReportSocket[], selection?: ReportSelection): string[] {
  if (sockets.length === 0)
    return [selection?.ofSockets ? "No socket answers to that." : "No socket received a token."];
  const titles = [
    "VERDICT",
    "PID",
    "COMM",
    "LOCAL",
    "REMOTE",
    "DMA-BUF",
    "ISSUED",
    "RETURNED",
    "AT CLOSE",
    "NOW",
  ];
  const [head, ...rows] = table([titles, ...sockets.map(socketRow)]);
  return [head as string, ...rows.flatMap((row, i) => [row, ...details(sockets[i] as ReportSocket)])];
}

function socketRow(s: ReportSocket): string[] {
  const atClose = s.closedAt === null ? "-" : String(s.heldAtClose);
  const numbers = [s.issued, s.returned].map(countText);
  return [
    s.verdict,
    String(s.pid),
    printable(s.comm),
    s.local,
    s.remote,
    s.dmabufIds.join(","),
    ...numbers,
    atClose,
    String(s.outstanding),
  ];
}

/** A count of tokens; "-" where nobody counts. */
export function countText(count: number | null): string {
  return count === null ? "-" : String(count);
}

/** What is to be said of a socket below its row. */
export function details(s: ReportSocket): string[] {
  const pinned = s.pinnedBytes > 0 ? [`pins up to ${bytes(s.pinnedBytes)}`] : [];
  const reason = s.why ? [s.why] : [];
  const group =
    s.cgroup !== "" && s.cgroup !== "/"
      ? [`in cgroup ${printable(s.cgroup)}, network namespace ${s.netns}`]
      : [];
  return [
    ...reason,
    ...closerText(s),
    ...group,
    ...pinned,
    ...holdsText(s),
    ...unknownAge(s),
    ...s.findings.map(findingText),
    ...leakedText(s),
  ].map((line) => `    ${line}`);
}

function closerText({ pid, comm, closedAt, closePid, closeComm }: ReportSocket): string[] {
  if (closedAt === null || (closePid === pid && closeComm === comm)) return [];
  return [
    closePid === 0
      ? "its close was not seen: who closed it is not known"
      : `closed by pid ${closePid} (${printable(closeComm)})`,
  ];
}

function holdsText({ holds }: ReportSocket): string[] {
  if (!holds) return [];
  const [middle, most, longest] = [holds.p50, holds.p99, holds.max].map((ns) => duration(ns));
  return [
    `held ${plural(holds.count, "returned token")} for ${middle} (p50), ${most} (p99), ${longest} at most`,
  ];
}

function unknownAge({ issuedBefore }: ReportSocket): string[] {
  return issuedBefore ? [`held ${plural(issuedBefore, "token")} before the trace: of unknown age`] : [];
}

/** At most this many leaked tokens are listed by number; the JSON has them all. */
const LISTED = 8;

const WAYS_SHOWN = 3;
const FRAMES_SHOWN = 6;

/** Level tokens: which code received these, most tokens first: "23 tokens received by recvmsg < drain < main". */
export function receivedBy(tokens: readonly { stack: string }[]): string[] {
  const ways = new Map<string, number>();
  for (const { stack } of tokens) if (stack !== "") ways.set(stack, (ways.get(stack) ?? 0) + 1);
  const sorted = [...ways].sort(([, a], [, b]) => b - a).slice(0, WAYS_SHOWN);
  return sorted.map(([stack, count]) => {
    const frames = stack.split(";").reverse();
    const more = frames.length > FRAMES_SHOWN ? " < ..." : "";
    return `${plural(count, "token")} received by ${frames.slice(0, FRAMES_SHOWN).map(printable).join(" < ")}${more}`;
  });
}

function leakedText({ leaked, heldAtClose, closedAt, leakedSure }: ReportSocket): string[] {
  const listed = leaked.slice(0, LISTED).map((token) => {
    const age =
      closedAt === null || token.issuedAt === null
        ? "?"
        : duration(Number(BigInt(closedAt) - BigInt(token.issuedAt)));
    return `token ${token.token}: dma-buf ${token.dmabufId} offset ${token.offset}, ${token.size} bytes, thread ${token.tid}, held ${age} at close`;
  });
  const rest = heldAtClose - listed.length;
  const more = listed.length > 0 && rest > 0 ? [`and ${plural(rest, "more token")}`] : [];
  const unsure =
    listed.length > 0 && !leakedSure ? ["lines were lost: which tokens these were is not sure"] : [];
  return [...listed, ...more, ...receivedBy(leaked), ...unsure];
}

/** One finding in a sentence. */
export function findingText({
  kind,
  errno,
  times,
  amount,
  dmabufIds = [],
}: Omit<ReportFinding, "first" | "last">): string {
  const often = times === 1 ? "once" : `${times} times`;
  switch (kind) {
    case "return refused":
      return `return refused with ${errno} ${often}: ${plural(amount, "range")} not returned`;
    case "short return":
      return `short return ${often}: ${plural(amount, "token")} the socket did not hold (unknown, returned before, or another socket's)`;
    case "stopped at 1024 frags":
      return `return stopped at 1024 frags ${often}: ${plural(amount, "token")} left outstanding`;
    case "issued by MSG_PEEK":
      return `${plural(amount, "token")} issued by MSG_PEEK (${often}): each must be returned as well`;
    case "linear fallback":
      return `${bytes(amount)} of payload in linear memory instead of the dma-buf`;
    case "recvmsg error":
      return `recvmsg failed with ${errno} ${often}`;
    case "second binding":
      return `refused data of dma-buf ${dmabufIds[1]} ${often}: the socket's tokens are of dma-buf ${dmabufIds[0]}`;
    case "mode set to manual":
    case "mode set to autorelease":
      return `${kind} ${often}`;
    case "mode refused":
      return errno === "EBUSY"
        ? `mode refused with EBUSY ${often}: ${plural(amount, "token")} in the way`
        : `mode refused with ${errno} ${often}: value ${amount}`;
  }
}

function strangerLines(findings: ReportFinding[]): string[] {
  if (findings.length === 0) return [];
  return ["", "On sockets that never had a token:", ...findings.map((f) => `    ${findingText(f)}`)];
}

function bindingLines(bindings: ReportBinding[], selection?: ReportSelection): string[] {
  if (bindings.length === 0)
    return [selection?.ofBindings ? "No binding answers to that." : "No dma-buf was bound."];
  const titles = ["VERDICT", "DMA-BUF", "DEVICE", "QUEUES", "PAGES", "PID", "COMM", "AT UNBIND", "NOW"];
  const [head, ...rows] = table([titles, ...bindings.map(bindingRow)]);
  return [
    head as string,
    ...rows.flatMap((row, i) => [row, ...bindingDetails(bindings[i] as ReportBinding)]),
  ];
}

function bindingRow(b: ReportBinding): string[] {
  const queues = b.queues.length > 0 ? b.queues.join(",") : "-";
  const binder = b.boundAt === null ? ["-", "bound before the trace"] : [String(b.pid), printable(b.comm)];
  const atUnbind = b.unboundAt === null ? "-" : String(b.heldAtUnbind);
  return [
    b.verdict,
    String(b.id),
    printable(b.ifname) || "-",
    queues,
    `${b.pages} x ${bytes(b.pageSize)}`,
    ...binder,
    atUnbind,
    String(b.outstanding),
  ];
}

/** What is to be said of a binding below its row. */
export function bindingDetails(b: ReportBinding): string[] {
  const failed = b.dry.reduce((sum, d) => sum + d.failed, 0);
  const dry =
    failed > 0
      ? [`ran dry in ${plural(b.dry.length, "episode")}: ${plural(failed, "page allocation")} failed`]
      : [];
  const soon =
    b.timeToExhaustion === null || b.unboundAt !== null
      ? []
      : [`every page held in ${duration(b.timeToExhaustion)} at this pace`];
  return [...(b.why ? [b.why] : []), ...dry, ...soon].map((line) => `    ${line}`);
}
