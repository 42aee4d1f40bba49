// socket-report - One socket of the ledger as the report publishes it.

import { familyOf } from "../events/endpoint.ts";
import { countsTokens } from "../events/event.ts";
import { pinnedBytes } from "../ledger/pinned.ts";
import type { Finding } from "../ledger/sockets/findings.ts";
import { outstanding } from "../ledger/sockets/socket.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Handover, Socket } from "../ledger/state/socket-and-binding.ts";
import type { Token } from "../ledger/state/token.ts";
import { holdSpreadOf } from "../profile/metrics.ts";
import { oldestOf } from "../profile/oldest.ts";
import { socketVerdict } from "../verdict/socket-verdict.ts";
import type { ReportFinding, ReportSocket, ReportToken } from "./shape.ts";
import type { ToTime } from "./time.ts";

/** Everything the report has of `socket`. */
export function socketReport(ledger: Ledger, socket: Socket, time: ToTime): ReportSocket {
  return {
    ...identity(socket),
    ...counts(ledger, socket),
    ...manualMode(socket, time),
    ...holding(socket, time),
    ...life(socket, time),
    ...socketVerdict(ledger, socket),
    findings: findingsReport(socket.findings, time),
    leaked: socket.leaked.map((token) => tokenReport(token, time)),
    leakedSure: ledger.lostAt < socket.born,
  };
}

function identity(socket: Socket) {
  return {
    id: socket.id,
    pid: socket.pid,
    comm: socket.comm,
    closePid: socket.closePid,
    closeComm: socket.closeComm,
    cgroup: socket.cgroup,
    netns: socket.netns,
    family: familyOf(socket.local),
    local: socket.local,
    remote: socket.remote,
    mode: socket.mode,
    dmabufIds: [...new Set(socket.shares.map((share) => share.binding.dmabufId))],
  };
}

function counts({ header }: Ledger, socket: Socket) {
  const counted = countsTokens(header.level);
  return {
    issued: counted ? socket.issued : null,
    returned: counted ? socket.returned : null,
    issuedBefore: counted ? Math.max(0, socket.before) : null,
    reclaimed: socket.reclaimed,
    swept: socket.swept,
    outstanding: outstanding(socket),
    heldAtClose: socket.heldAtClose,
  };
}

function manualMode({ exchange, kernel, sweptAt }: Socket, time: ToTime) {
  return {
    returnedElsewhere: exchange.elsewhere.map((one) => handoverReport(one, time)),
    returnedForOthers: exchange.forOthers,
    pagesAtClose: kernel.pagesAtClose?.pages ?? null,
    pagesAtDestroy: kernel.pagesAtDestroy?.pages ?? null,
    sweptAt: time(sweptAt),
  };
}

function handoverReport({ through, tokens, t }: Handover, time: ToTime) {
  return { through: through.id, tokens, at: time(t) };
}

function holding(socket: Socket, time: ToTime) {
  return {
    pinnedBytes: pinnedBytes(socket),
    holds: holdSpreadOf(socket),
    oldestAt: time(oldestOf(socket) ?? -1),
    payloadBytes: socket.payloadBytes < 0 ? null : socket.payloadBytes,
    linearBytes: socket.linearBytes,
  };
}

function life({ born, closedAt, destroyedAt }: Socket, time: ToTime) {
  return {
    firstTokenAt: time(born || -1),
    closedAt: time(closedAt),
    destroyedAt: time(destroyedAt),
  };
}

function tokenReport(token: Token, time: ToTime): ReportToken {
  return { ...token, issuedAt: time(token.issuedAt) };
}

/** Findings with the report's times. */
export function findingsReport(findings: Finding[], time: ToTime): ReportFinding[] {
  return findings.map((finding) => ({ ...finding, first: time(finding.first), last: time(finding.last) }));
}
