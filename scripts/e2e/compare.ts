// compare - The tracer's report against what the workload states of itself: every difference as a sentence.

import type { FindingKind } from "../../collector/findings.ts";
import type { Report, ReportBinding, ReportSocket } from "../../collector/report.ts";
import type { SocketStatement, Statement } from "../receive/statement.ts";

/** Differences between one job's statement and the report; empty when every number agrees. */
export function differences(statement: Statement, report: Report): string[] {
  const sockets = statement.sockets.flatMap((stated) => {
    const matching = report.sockets.filter((s) => s.local === stated.local && s.remote === stated.remote);
    const [found] = matching;
    if (!found || matching.length > 1) return [`${stated.remote}: ${matching.length} sockets in the report`];
    return socketDifferences(stated, found).map((what) => `${stated.remote}: ${what}`);
  });
  const binding = report.bindings.find((b) => b.id === statement.dmabufId && b.pid === statement.pid);
  return [
    ...sockets,
    ...(binding
      ? bindingDifferences(statement, binding)
      : [`dma-buf ${statement.dmabufId} is not in the report`]),
  ];
}

function socketDifferences(stated: SocketStatement, found: ReportSocket): string[] {
  const held = stated.heldAtClose;
  return [
    ...differ("pid", found.pid, stated.pid),
    ...differ("closePid", found.closePid, stated.closePid),
    ...differ("issued", found.issued, stated.issued),
    ...differ("returned", found.returned, stated.returned),
    ...differ("heldAtClose", found.heldAtClose, held),
    ...differ("reclaimed", found.reclaimed, held),
    ...differ("outstanding", found.outstanding, 0),
    ...differ("linearBytes", found.linearBytes, stated.linearBytes),
    ...differ("verdict", found.verdict, held > 0 ? "reclaimed" : "clean"),
    ...findingDifferences(stated, found),
    ...closedInOrder(stated, found),
  ];
}

/** What the statement says went wrong, as [kind, errno, times, amount] of the findings it must have caused. */
function findingDifferences(stated: SocketStatement, found: ReportSocket): string[] {
  const stopped = stated.shortReturns.filter((call) => call.freed === 1024 && call.asked >= 1024);
  const short = stated.shortReturns.filter((call) => !stopped.includes(call));
  return [
    ...expect(found, "return refused", stated.refused.length, sum(stated.refused.map((r) => r.tokens))),
    ...expect(found, "short return", short.length, sum(short.map((call) => call.asked - call.freed))),
    ...expect(found, "stopped at 1024 frags", stated.fragLimitStops),
    ...expect(found, "issued by MSG_PEEK", undefined, stated.peeked),
    ...expect(found, "linear fallback", undefined, stated.linearBytes),
    ...expect(found, "recvmsg error", stated.errors.length),
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
  if (found.closedAt === null || found.destroyedAt === null) return ["not seen closed and destroyed"];
  if (BigInt(found.destroyedAt) < BigInt(found.closedAt)) return ["destroyed before it was closed"];
  if (stated.closedAt !== null && BigInt(found.closedAt) > BigInt(stated.closedAt))
    return ["closed later than the program says"];
  return [];
}

function bindingDifferences(stated: Statement, found: ReportBinding): string[] {
  return [
    ...differ("ifname", found.ifname, stated.ifname),
    ...differ("queues", found.queues.join(), stated.queues.join()),
    ...differ("pages", found.pages, stated.dmabufPages),
    ...differ("heldAtUnbind", found.heldAtUnbind, stated.heldAtUnbind ?? 0),
    ...differ("binding verdict", found.verdict, "unbound clean"),
    ...differ("ran dry", found.dry.length > 0, stated.ranDryHolding.length > 0),
  ];
}

function differ<T>(what: string, found: T, stated: T): string[] {
  return found === stated ? [] : [`${what}: the report says ${found}, the workload ${stated}`];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
