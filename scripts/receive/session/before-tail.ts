// before-tail - What is done while the sender holds the tail of the stream back, and how the tail is requested.
import { setTimeout as sleep } from "node:timers/promises";
import { ioctl, pinned } from "../../../collector/kernel/native.ts";
import type { Job } from "../job/options.ts";
import { RETURN } from "../job/plan.ts";
import type { Connection } from "../socket/connection.ts";

const FIONREAD = 0x541b;

/** What only the session can do. */
export type Acts = {
  /** Binds the second dma-buf and steers the port to it. */
  move(): void;
  unbind(): void;
};

/** Does what the job asks for before the tail. When it returns, the tail was requested. */
export async function beforeTail(connections: Connection[], job: Job, acts: Acts): Promise<void> {
  for (const step of job.switch) take(step, connections[0] as Connection, job);
  if (job.secondQueue) acts.move();
  for (const connection of connections) connection.askForTail();
  if (job.unbindRace) await unbindUnread(connections, job, acts);
}

function take(step: string, connection: Connection, { batch }: Job): void {
  if (step === RETURN) connection.giveBackAll(batch);
  else connection.setMode(Number(step));
}

/** The content of the receive queues stays there; what is received of it later is kept. */
async function unbindUnread(connections: Connection[], { tail }: Job, acts: Acts): Promise<void> {
  while (connections.some(({ fd }) => unread(fd) < tail)) await sleep(1);
  acts.unbind();
  for (const connection of connections) connection.keepAll = true;
}

/** Bytes in a socket's receive queue. */
function unread(fd: number): number {
  const bytes = pinned(4);
  ioctl(fd, FIONREAD, bytes);
  return new DataView(bytes.buffer).getInt32(0, true);
}
