// expected - What the report must say of a socket, from what the workload states it did to its tokens.

import type { ReportSocket } from "../../../collector/report/shape.ts";
import type { SocketStatement, Statement } from "../../receive/session/statement.ts";

type Expected = Pick<
  ReportSocket,
  "returned" | "returnedForOthers" | "heldAtClose" | "reclaimed" | "swept" | "outstanding" | "verdict"
>;

/** The numbers of one socket: conserved, so that each token issued is in exactly one of them. */
export function expected(statement: Statement, stated: SocketStatement): Expected {
  const { returned, returnedForOthers, returnedByOthers, returnedAfterClose, heldAtClose } = stated;
  const back = returned - returnedForOthers + returnedByOthers + returnedAfterClose;
  const common = { returned: back, returnedForOthers };
  if (stated.mode !== "manual") {
    const verdict = heldAtClose > 0 ? "reclaimed" : "clean";
    return { ...common, heldAtClose, reclaimed: heldAtClose, swept: 0, outstanding: 0, verdict };
  }
  return { ...common, reclaimed: 0, ...manual(statement, stated) };
}

/** Only one connection can be in an unbind race here, so what was issued after the unbind was issued to it. */
function manual({ heldAtUnbind, issuedAfterUnbind }: Statement, stated: SocketStatement) {
  const unboundFirst = heldAtUnbind !== null;
  const late = unboundFirst ? issuedAfterUnbind : 0;
  const heldAtClose = unboundFirst ? late : stated.heldAtClose;
  const swept = stated.heldAtClose - stated.returnedAfterClose - late;
  return { heldAtClose, swept, outstanding: late, verdict: verdictOf(late, swept, heldAtClose) };
}

function verdictOf(late: number, swept: number, heldAtClose: number): string {
  if (late > 0) return "leaked";
  if (swept > 0) return "swept";
  return heldAtClose > 0 ? "returned elsewhere" : "clean";
}
