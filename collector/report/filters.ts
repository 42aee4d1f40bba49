// filters - Which sockets and bindings a report shows.

import { EXIT, UserError } from "../base/errors.ts";
import { portOf } from "../events/endpoint.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Binding, Socket } from "../ledger/state/socket-and-binding.ts";
import { socketVerdict } from "../verdict/socket-verdict.ts";
import { SOCKET_VERDICTS } from "../verdict/words.ts";

/** Filters as the user gave them; one that is left out selects everything. `from`, `to`: seconds since the start, or ISO 8601. */
export interface Filters {
  from?: string;
  to?: string;
  pid?: number;
  port?: number;
  dmabuf?: number;
  verdict?: string;
}

/** Throws UserError (exit 2) for a verdict that does not exist. */
export function refuseUnknownVerdict({ verdict }: Filters): void {
  if (verdict === undefined || SOCKET_VERDICTS.some((known) => known === verdict)) return;
  throw new UserError(`--verdict must be one of: ${SOCKET_VERDICTS.join(", ")}.`, EXIT.usage);
}

/** Whether any filter was given. */
export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

/** The filters that were given, without the times. */
export function givenFilters({ pid, port, dmabuf, verdict }: Filters): Omit<Filters, "from" | "to"> {
  const entries = Object.entries({ pid, port, dmabuf, verdict });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The sockets and bindings to show that existed at `from` (ns since t0) or later. */
export function matching(
  ledger: Ledger,
  filters: Filters,
  from: number,
): Pick<Ledger, "sockets" | "bindings"> {
  const sockets = ledger.sockets.filter(
    (socket) => existed(socket.destroyedAt, from) && socketMatches(ledger, socket, filters),
  );
  const used = new Set(sockets.flatMap(({ shares }) => shares.map(({ binding }) => binding)));
  const bindings = ledger.bindings.filter(
    (binding) => existed(binding.freedAt, from) && bindingMatches(binding, filters, used),
  );
  return { sockets, bindings };
}

function existed(endedAt: number, from: number): boolean {
  return endedAt < 0 || endedAt >= from;
}

/** What is unknown of a socket (its first line was lost) does not exclude it: it may be the one. */
function socketMatches(ledger: Ledger, socket: Socket, { pid, port, dmabuf, verdict }: Filters): boolean {
  const pids = [socket.pid, socket.closePid].filter((known) => known !== 0);
  const ports = [socket.local, socket.remote].filter((known) => known !== "").map(portOf);
  const dmabufs = socket.shares.map(({ binding }) => binding.dmabufId);
  return (
    isAmong(pid, pids) &&
    isAmong(port, ports) &&
    isAmong(dmabuf, dmabufs) &&
    (verdict === undefined || socketVerdict(ledger, socket).verdict === verdict)
  );
}

function isAmong(wanted: number | undefined, known: number[]): boolean {
  return wanted === undefined || known.length === 0 || known.includes(wanted);
}

/** A binding is shown with the sockets that received from it; one without sockets only when no filter is about sockets. */
function bindingMatches(
  binding: Binding,
  { pid, port, dmabuf, verdict }: Filters,
  used: Set<Binding>,
): boolean {
  if (dmabuf !== undefined && binding.dmabufId !== dmabuf) return false;
  const isAboutSockets = [pid, port, verdict].some((value) => value !== undefined);
  return !isAboutSockets || used.has(binding) || binding.pid === pid;
}
