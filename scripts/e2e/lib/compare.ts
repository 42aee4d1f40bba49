// compare - The tracer's report against the workload's own statement: every difference as a sentence.

import type { FindingKind } from "../../../collector/ledger/sockets/findings.ts";
import type { Report, ReportBinding, ReportSocket } from "../../../collector/report/shape.ts";
import type { SocketStatement, Statement } from "../../receive/session/statement.ts";
import { expected } from "./expected.ts";

/** Differences between one job's statement and the report; empty when every number agrees. */
export function differences(statement: Statement, report: Report): string[] {
  const sockets = statement.sockets.flatMap((stated) => {
    const matching = report.sockets.filter((s) => s.local === stated.local && s.remote === stated.remote);
    const [found] = matching;
    if (!found || matching.length > 1) return [`${stated.remote}: ${matching.length} sockets in the report`];
    const differing = isCloseSkipped(report, found)
      ? [...countDifferences(statement, stated, found), ...closedAndDestroyed(found)]
      : socketDifferences(statement, stated, found);
    return differing.map((what) => `${stated.remote}: ${what}`);
  });
  const binding = report.bindings.find((b) => b.id === statement.dmabufId && b.pid === statement.pid);
  return [
    ...sockets,
    ...(binding
      ? bindingDifferences(statement, binding)
      : [`dma-buf ${statement.dmabufId} is not in the report`]),
  ];
}

/** The kernel skipped the probe of its close, and the report shows that: no line has who closed it and when. */
function isCloseSkipped({ skippedRuns }: Report, { closePid }: ReportSocket): boolean {
  return closePid === 0 && (skippedRuns["fentry:tcp_close"] ?? 0) > 0;
}

function socketDifferences(statement: Statement, stated: SocketStatement, found: ReportSocket): string[] {
  return [
    ...countDifferences(statement, stated, found),
    ...differ("closePid", found.closePid, stated.closePid),
    ...pageDifferences(statement, stated, found),
    ...closedInOrder(stated, found),
  ];
}

/** The numbers from the sums and from its other lines. */
function countDifferences(statement: Statement, stated: SocketStatement, found: ReportSocket): string[] {
  return [
    ...differ("pid", found.pid, stated.pid),
    ...differ("mode", found.mode, stated.mode),
    ...differ("issued", found.issued, stated.issued),
    ...differ("linearBytes", found.linearBytes, stated.linearBytes),
    ...Object.entries(expected(statement, stated)).flatMap(([name, value]) =>
      differ(name, found[name as keyof ReportSocket], value),
    ),
    ...findingDifferences(statement, stated, found),
    ...sweptInOrder(statement, found),
  ];
}

/**
 * A job whose sockets had received everything before the tracer attached: what they held then counts as issued before it,
 * and from there on every number is exact. What they gave back before is between them and the kernel.
 */
export function earlierDifferences(statement: Statement, report: Report): string[] {
  return statement.sockets.flatMap((stated) => {
    const found = report.sockets.find((s) => s.local === stated.local && s.remote === stated.remote);
    if (!found) return [`${stated.remote}: not in the report`];
    const held = stated.heldAtClose;
    return [
      ...differ("mode", found.mode, stated.mode),
      ...differ("issued", found.issued, found.issuedBefore),
      ...differ("issued and not returned", (found.issued ?? 0) - (found.returned ?? 0), held),
      ...differ("heldAtClose", found.heldAtClose, held),
      ...differ("pagesAtClose", found.pagesAtClose, stated.pagesAtClose),
      ...differ("swept", found.swept, held),
      ...differ("verdict", found.verdict, "swept"),
      ...closedInOrder(stated, found),
      ...sweptInOrder(statement, found),
    ];
  });
}

/**
 * Attached while the sockets stood still for it: from then on every number is exact, before it what they held. Somebody
 * else looks at every open file meanwhile (snapshot --watch), and a close is over when that one lets go.
 */
export function lateDifferences(stated: SocketStatement, report: Report): string[] {
  const found = report.sockets.filter((s) => s.local === stated.local && s.remote === stated.remote);
  const [socket] = found;
  if (!socket || !stated.atHold || found.length > 1) return [`${found.length} sockets in the report`];
  const before = stated.atHold.issued - stated.atHold.returned;
  const taken = stated.mode === "manual" ? "swept" : "reclaimed";
  return [
    ...differ("pid", socket.pid, stated.pid),
    ...differ("issuedBefore", socket.issuedBefore, before),
    ...differ("issued", socket.issued, before + stated.issued - stated.atHold.issued),
    ...differ("returned", socket.returned, stated.returned - stated.atHold.returned),
    ...differ("heldAtClose", socket.heldAtClose, stated.heldAtClose),
    ...differ(taken, socket[taken], stated.heldAtClose),
    ...differ("verdict", socket.verdict, stated.heldAtClose > 0 ? taken : "clean"),
    ...closedAndDestroyed(socket),
  ];
}

/**
 * Level sampled: every socket that closed holding tokens, with the exact number, and no other. What came and went between
 * two readings it need not have seen.
 */
export function sampledDifferences(statement: Statement, report: Report): string[] {
  return statement.sockets.flatMap((stated) => {
    const found = report.sockets.filter((s) => s.local === stated.local && s.remote === stated.remote);
    const [socket] = found;
    const held = stated.heldAtClose;
    if (!socket && held === 0) return [];
    if (!socket || found.length > 1) return [`${stated.remote}: ${found.length} sockets in the report`];
    if (stated.mode === "manual") return manualSampled(statement, stated, socket);
    if (isCloseSkipped(report, socket) && socket.verdict === "inconclusive")
      return differ(`why, ${socket.why}`, CLOSE_UNREAD.test(socket.why), true);
    return [
      ...differ("a count of tokens issued", socket.issued, null),
      ...differ("heldAtClose", socket.heldAtClose, held),
      ...differ("reclaimed", socket.reclaimed, held),
      ...differ("verdict", socket.verdict, held > 0 ? "reclaimed" : "clean"),
      ...([stated.pid, stated.closePid].includes(socket.pid) ? [] : differ("pid", socket.pid, stated.pid)),
      ...closedInOrder(stated, socket),
    ].map((what) => `${stated.remote}: ${what}`);
  });
}

/** Of a socket whose close the kernel skipped, at level sampled: nothing else looks at what it holds then. */
const CLOSE_UNREAD = /its close was not seen; it held \d+ tokens? when it was last read/;

/** The kernel's counter is right unless others returned its tokens, or an unbind took them: a verdict would be a guess. */
function manualSampled(statement: Statement, stated: SocketStatement, found: ReportSocket): string[] {
  const { heldAtClose } = expected(statement, stated);
  const { unboundAt } = statement;
  const swept = unboundAt !== null && stated.closedAt !== null && BigInt(unboundAt) < BigInt(stated.closedAt);
  const own = stated.returnedByOthers === 0 && stated.returnedForOthers === 0 && !swept;
  return [
    ...differ("mode", found.mode, "manual"),
    ...(own ? differ("heldAtClose", found.heldAtClose, heldAtClose) : []),
    ...differ("said to be at most", /at most/.test(found.why), swept && found.heldAtClose > 0),
    ...(found.heldAtClose > 0 ? differ("verdict", found.verdict, "inconclusive") : []),
    ...(found.heldAtClose === 0 && !["clean", "swept"].includes(found.verdict)
      ? [`it is ${found.verdict}`]
      : []),
  ].map((what) => `${stated.remote}: ${what}`);
}

/** The kernel counts pages per binding: this socket's own where no other one holds any. */
function pageDifferences(statement: Statement, stated: SocketStatement, found: ReportSocket): string[] {
  const alone = statement.sockets.every((other) => other === stated || other.heldAtClose === 0);
  if (stated.pagesAtClose === null || !alone || statement.heldAtUnbind !== null) return [];
  return differ("pagesAtClose", found.pagesAtClose, stated.pagesAtClose);
}

/** What the statement says went wrong, as [kind, errno, times, amount] of the findings it must have caused. */
function findingDifferences(
  { dmabufId, secondBinding }: Statement,
  stated: SocketStatement,
  found: ReportSocket,
): string[] {
  const refusedIds = stated.mode === "manual" && secondBinding ? `${dmabufId},${secondBinding.dmabufId}` : "";
  const second = found.findings.filter((f) => f.kind === "second binding").map((f) => f.dmabufIds);
  const stopped = stated.shortReturns.filter((call) => call.freed === 1024 && call.asked >= 1024);
  const short = stated.shortReturns.filter((call) => !stopped.includes(call));
  return [
    ...expect(found, "return refused", stated.refused.length, sum(stated.refused.map((r) => r.tokens))),
    ...expect(found, "short return", short.length, sum(short.map((call) => call.asked - call.freed))),
    ...expect(found, "stopped at 1024 frags", stated.fragLimitStops),
    ...expect(found, "issued by MSG_PEEK", undefined, stated.peeked),
    ...expect(found, "linear fallback", undefined, stated.linearBytes),
    ...expect(found, "recvmsg error", stated.errors.length),
    ...differ("second binding", second.join(" "), refusedIds),
    ...modeDifferences(stated, found),
  ];
}

/** Every answer to the option: how often it was set to what, what stood in the way the last time it was refused. */
function modeDifferences({ modeChanges }: SocketStatement, found: ReportSocket): string[] {
  const answers = (errno: string | null, value?: number) =>
    modeChanges.filter((m) => m.errno === errno && (value === undefined || m.value === value));
  const refusals = found.findings.filter((f) => f.kind === "mode refused");
  const amount = (errno: string) => refusals.find((f) => f.errno === errno)?.amount;
  return [
    ...expect(found, "mode set to manual", answers(null, 0).length),
    ...expect(found, "mode set to autorelease", answers(null, 1).length),
    ...expect(found, "mode refused", modeChanges.length - answers(null).length),
    ...differ("EBUSY, tokens in the way", amount("EBUSY"), answers("EBUSY").at(-1)?.held),
    ...differ("EINVAL, value", amount("EINVAL"), answers("EINVAL").at(-1)?.value),
  ];
}

function expect(found: ReportSocket, kind: FindingKind, times?: number, amount?: number): string[] {
  const same = found.findings.filter((f) => f.kind === kind);
  return [
    ...(times === undefined ? [] : differ(`${kind}, times`, sum(same.map((f) => f.times)), times)),
    ...(amount === undefined ? [] : differ(`${kind}, amount`, sum(same.map((f) => f.amount)), amount)),
  ];
}

/** tcp_close runs inside close(2): the report's time cannot be later than the program's own. */
function closedInOrder(stated: SocketStatement, found: ReportSocket): string[] {
  const late =
    stated.closedAt !== null && found.closedAt !== null && BigInt(found.closedAt) > BigInt(stated.closedAt);
  return [...closedAndDestroyed(found), ...(late ? ["closed later than the program states"] : [])];
}

function closedAndDestroyed({ closedAt, destroyedAt }: ReportSocket): string[] {
  if (closedAt === null || destroyedAt === null) return ["its close or destroy is missing"];
  return BigInt(destroyedAt) < BigInt(closedAt) ? ["destroyed before it was closed"] : [];
}

/** The sweep is part of the unbind; a program that was killed cannot say when that was. */
function sweptInOrder({ unboundAt }: Statement, found: ReportSocket): string[] {
  if (found.swept === 0) return differ("sweptAt", found.sweptAt, null);
  if (found.sweptAt === null) return ["swept at an unknown time"];
  if (unboundAt !== null && BigInt(found.sweptAt) > BigInt(unboundAt)) return ["swept later than the unbind"];
  return found.destroyedAt !== null &&
    found.heldAtClose > 0 &&
    BigInt(found.sweptAt) < BigInt(found.destroyedAt)
    ? ["swept before it was destroyed"]
    : [];
}

function bindingDifferences(stated: Statement, found: ReportBinding): string[] {
  const left = stated.sockets
    .filter((s) => s.mode === "manual")
    .map((s) => s.heldAtClose - s.returnedAfterClose);
  const manual = stated.sockets.some((s) => s.mode === "manual");
  const held = stated.heldAtUnbind ?? sum(left);
  return [
    ...differ("ifname", found.ifname, stated.ifname),
    ...differ("queues", found.queues.join(), stated.queues.join()),
    ...differ("pages", found.pages, stated.dmabufPages),
    ...differ("heldAtUnbind", found.heldAtUnbind, held),
    ...(manual ? differ("urefsAtUnbind", found.urefsAtUnbind, held) : []),
    ...(manual && stated.pagesAtUnbind !== null
      ? differ("pagesAtUnbind", found.pagesAtUnbind, stated.pagesAtUnbind)
      : []),
    ...differ("binding verdict", found.verdict, stated.issuedAfterUnbind > 0 ? "stuck" : "unbound clean"),
    ...differ("ran dry", found.dry.length > 0, stated.ranDryHolding.length > 0),
  ];
}

function differ<T>(what: string, found: T, stated: T): string[] {
  return found === stated ? [] : [`${what}: the report says ${found}, the workload ${stated}`];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
