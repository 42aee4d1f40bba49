// session - One job from bind to close: a binding, its connections, what is done with them.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Message } from "../../../collector/kernel/native.ts";
import { bind } from "../device/binding.ts";
import { Failure } from "../failure.ts";
import type { Job } from "../job/options.ts";
import { plansFor } from "../job/plan.ts";
import type { Order, Send } from "../sender/sending.ts";
import { CMSG_SPACE, Issue } from "../socket/cmsg.ts";
import { Connection } from "../socket/connection.ts";
import { acceptAll, addressOf, endpoint, listen } from "../socket/listen.ts";
import { beforeTail } from "./before-tail.ts";
import { closeAll, linger } from "./close-modes.ts";
import { afterStream, beforeStream } from "./misbehave.ts";
import type { Statement } from "./statement.ts";
import { type Session, statementOf, sum } from "./statement-of.ts";
import { type Buffers, stream } from "./stream.ts";

const CMSGS_PER_CALL = 256;
const LOOK_MS = 50;

/** Runs the job and closes everything; states what was done. `move` steers the job's port to its second queue. */
export async function receive(job: Job, send: Send, move: () => void): Promise<Statement> {
  const session = await begin(job, send, move);
  if (job.unbindFirst) unbind(session);
  const endings = await closeAll(session.connections, job);
  await session.sent; // in FIN_WAIT2 the sockets live until the sender closes
  const unboundAt = session.unbound?.at ?? session.binding.close();
  const secondUnboundAt = session.second?.close() ?? null;
  return statementOf(session, endings, unboundAt, secondUnboundAt);
}

/** Runs the job and leaves everything open, for the end of this process to close. */
export async function receiveAndHold(job: Job, send: Send): Promise<Statement> {
  const session = await begin(job, send, () => {});
  if (job.finWait) linger(session.connections);
  return statementOf(
    session,
    session.connections.map(() => ({ closePid: process.pid, closedAt: null })),
  );
}

async function begin(job: Job, send: Send, move: () => void): Promise<Session> {
  const binding = bind(job.ifname, job.queue, job.dmabufPages);
  const address = job.address || addressOf(job.ifname, job.family);
  const listener = listen(job.family, address, job.port, job.connections);
  const sent = send(orderFor(job, address));
  const work = receiveAll(job, { binding, sent }, () => connect(job, listener, address), move);
  return Promise.race([work, sent.then(() => work)]); // a failing sender ends the work
}

/** From the first connection to the last misuse; everything is still open then. */
async function receiveAll(
  job: Job,
  begun: Pick<Session, "binding" | "sent">,
  connected: () => Promise<Connection[]>,
  move: () => void,
): Promise<Session> {
  const buffers = buffersFor(job);
  const connections = await connected();
  await beforeStream(connections, buffers, job);
  const streamed = await stream(connections, buffers, job, job.bytes - job.tail);
  const session: Session = { ...begun, job, second: null, unbound: null, connections, streamed };
  if (job.tail) await hold(job, connections);
  if (job.tail) await receiveTail(session, buffers, move);
  afterStream(connections, job);
  await sleep(job.pause);
  if (!job.tail) await hold(job, connections);
  return session;
}

function buffersFor({ readSize }: Job): Buffers {
  return {
    message: new Message(readSize, CMSGS_PER_CALL * CMSG_SPACE),
    issue: new Issue(CMSGS_PER_CALL),
  };
}

/** Creates a file when everything is ready to be looked at, and waits until the file is removed. */
async function hold({ holdUntil: file, lateReturn, batch }: Job, connections: Connection[]): Promise<void> {
  if (!file) return;
  for (const connection of connections) connection.atHold = connection.tally.sums;
  fs.writeFileSync(file, "");
  while (fs.existsSync(file)) await sleep(LOOK_MS);
  for (const { peeked, pending } of connections) pending.push(...peeked.splice(0, lateReturn));
  for (const connection of connections) connection.flush(connection.pending.length, batch);
}

async function receiveTail(session: Session, buffers: Buffers, move: () => void): Promise<void> {
  const { connections, job, streamed } = session;
  await beforeTail(connections, job, {
    move: () => {
      session.second = bind(job.ifname, [job.secondQueue], job.dmabufPages);
      move();
    },
    unbind: () => unbind(session),
  });
  const { cpuUs } = await stream(connections, buffers, job, job.bytes);
  streamed.cpuUs.user += cpuUs.user;
  streamed.cpuUs.system += cpuUs.system;
}

/** Closes the binding before the sockets. */
function unbind(session: Session): void {
  const { connections, binding } = session;
  const outstanding = connections.flatMap((connection) => connection.outstanding);
  session.unbound = {
    held: sum(connections, ({ held }) => held),
    pages: connections[0]?.mode === "manual" ? new Set(outstanding).size : null,
    issued: sum(connections, ({ issued }) => issued),
    at: binding.close(),
  };
}

function orderFor(job: Job, to: string): Order {
  const { port, connections, bytes, tail, finWait, deadline } = job;
  return { to, port, connections, bytes, tail, hold: finWait, deadline };
}

async function connect(job: Job, listener: number, address: string): Promise<Connection[]> {
  const local = endpoint(job.family, address, job.port);
  const plans = plansFor(job);
  const accepted = await acceptAll(listener, job.family, local, job.connections);
  const connections = accepted.map(
    (one, i) => new Connection(one, plans[i] as (typeof plans)[number], job.record),
  );
  if (job.autorelease !== "unset") setModes(connections, Number(job.autorelease));
  return connections;
}

function setModes(connections: Connection[], value: number): void {
  for (const connection of connections) {
    connection.setMode(value);
    const errno = connection.modeChanges.at(-1)?.errno;
    if (errno) throw new Failure(`setting SO_DEVMEM_AUTORELEASE on ${connection.local}: ${errno}`);
  }
}
