// statement-of - The statement of a session, from what it did.

import type { Binding } from "../device/binding.ts";
import type { Job } from "../job/options.ts";
import type { Connection } from "../socket/connection.ts";
import type { Tally } from "../socket/tally.ts";
import type { Ending } from "./close-modes.ts";
import type { SocketStatement, Statement } from "./statement.ts";
import type { Streamed } from "./stream.ts";

/** What the sockets held when the binding was closed before them. */
export type Unbound = { at: bigint; held: number; pages: number | null; issued: number };

export type Session = {
  job: Job;
  binding: Binding;
  second: Binding | null;
  unbound: Unbound | null;
  connections: Connection[];
  streamed: Streamed;
  sent: Promise<void>;
};

/** The statement of a session; `endings` one per connection. A time is null where only the kernel knows it. */
export function statementOf(
  { job, binding, second, unbound, connections, streamed }: Session,
  endings: Ending[],
  unboundAt: bigint | null = null,
  secondUnboundAt: bigint | null = null,
): Statement {
  return {
    statement: 1,
    name: job.name,
    pid: process.pid,
    ifname: job.ifname,
    ifindex: binding.ifindex,
    queues: job.queue,
    dmabufId: binding.dmabufId,
    dmabufPages: job.dmabufPages,
    boundAt: String(binding.boundAt),
    unboundAt: text(unboundAt),
    heldAtUnbind: unbound?.held ?? null,
    pagesAtUnbind: unbound?.pages ?? null,
    issuedAfterUnbind: unbound ? sum(connections, ({ issued }) => issued) - unbound.issued : 0,
    secondBinding: second && {
      dmabufId: second.dmabufId,
      dmabufPages: job.dmabufPages,
      queues: [job.secondQueue],
      boundAt: String(second.boundAt),
      unboundAt: text(secondUnboundAt),
    },
    ...streamed,
    sockets: connections.map((connection, i) => stateSocket(connection, endings[i] as Ending)),
  };
}

const text = (time: bigint | null) => (time === null ? null : String(time));

function stateSocket(connection: Connection, { closePid, closedAt }: Ending): SocketStatement {
  const { local, remote, tally, accepted, mode, modeChanges, pages, record } = connection;
  return {
    local,
    remote,
    pid: process.pid,
    closePid,
    issued: tally.issued,
    peeked: tally.peeked,
    returned: tally.returned,
    returnedForOthers: tally.returnedForOthers,
    returnedByOthers: tally.returnedByOthers,
    returnedAfterClose: tally.returnedAfterClose,
    heldAtClose: tally.held,
    atHold: connection.atHold,
    pagesAtClose: pages,
    accepted,
    mode,
    modeChanges,
    payloadBytes: tally.payloadBytes,
    dmabufBytes: tally.dmabufBytes,
    linearBytes: tally.linearBytes,
    linearCmsgs: tally.linearCmsgs,
    recvmsgCalls: tally.recvmsgCalls,
    returnCalls: tally.returnCalls,
    closedAt: text(closedAt),
    refused: tally.refused,
    shortReturns: tally.shortReturns,
    fragLimitStops: tally.fragLimitStops,
    errors: tally.errors,
    record: record && {
      holds: record.holds,
      holdsAtMost: record.holdsAtMost,
      issues: record.issues,
      returns: record.returns,
    },
  };
}

/** A sum over all connections. */
export function sum(connections: Connection[], of: (tally: Tally) => number): number {
  return connections.reduce((total, { tally }) => total + of(tally), 0);
}
