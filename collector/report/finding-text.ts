// finding-text - A finding as a sentence, the same in every face of the report.

import { bytes, plural } from "../base/format.ts";
import type { Stray } from "../ledger/sockets/findings.ts";
import type { ReportFinding } from "./shape.ts";

/** What went wrong, how often and with what; without its times. */
export function findingText(finding: Omit<ReportFinding, "first" | "last">): string {
  const { kind, errno, times, amount, dmabufIds = [], strays = [] } = finding;
  const often = times === 1 ? "once" : `${times} times`;
  switch (kind) {
    case "return refused":
      return `return refused with ${errno} ${often}: ${plural(amount, "range")} not returned`;
    case "short return":
      return `short return ${often}: ${plural(amount, "token")} named that the socket did not hold (unknown, already returned, or another socket's)${straysText(strays)}`;
    case "stopped at 1024 frags":
      return `return stopped at 1024 frags ${often}: ${plural(amount, "token")} left outstanding`;
    case "issued by MSG_PEEK":
      return `${plural(amount, "token")} issued by MSG_PEEK (${often}): each must be returned too`;
    case "linear fallback":
      return `${bytes(amount)} of payload in linear memory instead of the dma-buf`;
    case "recvmsg error":
      return `recvmsg failed with ${errno} ${often}`;
    case "second binding":
      return `refused data of dma-buf ${dmabufIds[1]} ${often}: the socket's tokens belong to dma-buf ${dmabufIds[0]}`;
    case "mode set to manual":
    case "mode set to autorelease":
      return `${kind} ${often}`;
    case "mode refused":
      return `mode refused with ${errno} ${often}: ${errno === "EBUSY" ? `${plural(amount, "token")} still held` : `value ${amount}`}`;
    default:
      return kind satisfies never;
  }
}

/** Enough for a sentence. */
const MAX_NAMED = 4;

function straysText(strays: Stray[]): string {
  const named = strays.slice(0, MAX_NAMED).map(({ first, count, tid }) => {
    const numbers = count === 1 ? `${first}` : `${first} to ${first + count - 1}`;
    return `${numbers} by thread ${tid}`;
  });
  return `${named.length > 0 ? ": " : ""}${named.join(", ")}${strays.length > MAX_NAMED ? ", …" : ""}`;
}
