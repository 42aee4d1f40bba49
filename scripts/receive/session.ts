// session.ts - one job from bind to close: a binding, its connections, what is done with them, and the statement.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Message } from "../../collector/native.ts";
import { type Binding, bind } from "./binding.ts";
import { CMSG_SPACE, Issue } from "./cmsg.ts";
import { Connection } from "./connection.ts";
import { closeAll, type Ending, linger } from "./endings.ts";
import { acceptAll, addressOf, endpoint, listen } from "./listen.ts";
import { afterStream, beforeStream } from "./misbehave.ts";
import type { Job } from "./options.ts";
import { plansFor } from "./plan.ts";
import type { Order, Send } from "./sending.ts";
import type { SocketStatement, Statement } from "./statement.ts";
import { type Streamed, stream } from "./stream.ts";

const CMSGS_PER_CALL = 256;
const BYTES_PER_CALL = 1 << 20;
const LOOK_MS = 50;

type Session = {
  job: Job;
  binding: Binding;
  connections: Connection[];
  streamed: Streamed;
  sent: Promise<void>;
};

/** Runs the job and closes everything; what was done. */
export async function receive(job: Job, send: Send): Promise<Statement> {
  const session = await begin(job, send);
  const heldAtUnbind = job.unbindFirst ? held(session) : null;
  const unboundFirst = job.unbindFirst ? session.binding.close() : null;
  const endings = await closeAll(session.connections, job);
  await session.sent; // in FIN_WAIT2 the sockets live until the sender closes
  const unboundAt = unboundFirst ?? session.binding.close();
  return { ...state(session, endings), unboundAt: String(unboundAt), heldAtUnbind };
}

/** Runs the job and leaves everything open, for the end of this process to close. */
export async function receiveAndHold(job: Job, send: Send): Promise<Statement> {
  const session = await begin(job, send);
  if (job.finWait) linger(session.connections);
  return state(
    session,
    session.connections.map(() => ({ closePid: process.pid, closedAt: null })),
  );
}

async function begin(job: Job, send: Send): Promise<Session> {
  const buffers = {
    message: new Message(BYTES_PER_CALL, CMSGS_PER_CALL * CMSG_SPACE),
    issue: new Issue(CMSGS_PER_CALL),
  };
  const binding = bind(job.ifname, job.queue, job.dmabufPages);
  const address = job.address || addressOf(job.ifname, job.family);
  const listener = listen(job.family, address, job.port, job.connections);
  const sent = send(orderFor(job, address));
  const work = (async () => {
    const connections = await connect(job, listener, address);
    await beforeStream(connections, buffers, job);
    const streamed = await stream(connections, buffers, job);
    afterStream(connections, job);
    await sleep(job.pause);
    if (job.holdUntil) await hold(job.holdUntil);
    return { job, binding, connections, streamed, sent };
  })();
  return Promise.race([work, sent.then(() => work)]); // a sender that fails ends the work
}

/** Says by a file that everything is as it is to be seen, and waits until somebody who saw it removes the file. */
async function hold(file: string): Promise<void> {
  fs.writeFileSync(file, "");
  while (fs.existsSync(file)) await sleep(LOOK_MS);
}

function orderFor(job: Job, to: string): Order {
  const { port, connections, bytes, finWait, deadline } = job;
  return { to, port, connections, bytes, hold: finWait, deadline };
}

async function connect(job: Job, listener: number, address: string): Promise<Connection[]> {
  const local = endpoint(job.family, address, job.port);
  const plans = plansFor(job);
  const accepted = await acceptAll(listener, job.family, local, job.connections);
  return accepted.map((one, i) => new Connection(one, plans[i] as (typeof plans)[number]));
}

function held({ connections }: Session): number {
  return connections.reduce((sum, { book }) => sum + book.held, 0);
}

function state({ job, binding, connections, streamed }: Session, endings: Ending[]): Statement {
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
    unboundAt: null,
    heldAtUnbind: null,
    ...streamed,
    sockets: connections.map((connection, i) => stateSocket(connection, endings[i] as Ending)),
  };
}

function stateSocket({ local, remote, book }: Connection, { closePid, closedAt }: Ending): SocketStatement {
  return {
    local,
    remote,
    pid: process.pid,
    closePid,
    issued: book.issued,
    peeked: book.peeked,
    returned: book.returned,
    heldAtClose: book.held,
    payloadBytes: book.payloadBytes,
    dmabufBytes: book.dmabufBytes,
    linearBytes: book.linearBytes,
    linearCmsgs: book.linearCmsgs,
    recvmsgCalls: book.recvmsgCalls,
    returnCalls: book.returnCalls,
    closedAt: closedAt === null ? null : String(closedAt),
    refused: book.refused,
    shortReturns: book.shortReturns,
    fragLimitStops: book.fragLimitStops,
    errors: book.errors,
  };
}
