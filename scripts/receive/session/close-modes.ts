// close-modes - The ways to end a socket's life while this process goes on: close(2), a duplicate, another process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { dup, setIntOption } from "../../../collector/kernel/native.ts";
import type { Job } from "../job/options.ts";
import { STRUCT_LIMIT } from "../job/plan.ts";
import type { Connection } from "../socket/connection.ts";

const LATER_MS = 200;
const IPPROTO_TCP = 6;
const TCP_LINGER2 = 8;
const LINGER_S = 120; // over 60 s the kernel keeps the whole socket in FIN_WAIT2, not a timewait stand-in

/** Who closed a socket last, and when close(2) returned (CLOCK_MONOTONIC ns), if this process did. */
export type Ending = { closePid: number; closedAt: bigint | null };

/** Closes every connection as the job says; one ending each. */
export async function closeAll(connections: Connection[], job: Job): Promise<Ending[]> {
  if (job.finWait) linger(connections);
  if (job.fork) return byAnother(connections);
  if (job.returnVia) return returningBetween(connections, job);
  return job.dup ? byDuplicate(connections) : connections.map(({ fd }) => close(fd));
}

/** Keeps the sockets in FIN_WAIT2 until the sender closes too. */
export function linger(connections: Connection[]): void {
  for (const { fd } of connections) setIntOption(fd, IPPROTO_TCP, TCP_LINGER2, LINGER_S);
}

function close(fd: number): Ending {
  fs.closeSync(fd);
  return { closePid: process.pid, closedAt: process.hrtime.bigint() };
}

/** The second connection returns what the first left behind. */
async function returningBetween(connections: Connection[], { returnVia, family }: Job): Promise<Ending[]> {
  const [first, second] = connections as [Connection, Connection];
  const ending = close(first.fd);
  while (exists(first, family)) await sleep(1);
  for (let i = 0; i < returnVia; i += STRUCT_LIMIT) {
    const freed = second.giveBack(first.kept.slice(i, Math.min(i + STRUCT_LIMIT, returnVia)));
    second.tally.wereOf(first.tally, Math.max(0, freed), true);
  }
  return [ending, ...connections.slice(1).map(({ fd }) => close(fd))];
}

/** Whether the kernel still has the socket, also as a timewait one. */
function exists({ local, remote }: Connection, family: Job["family"]): boolean {
  const port = (endpoint: string) =>
    Number(endpoint.split(":").at(-1)).toString(16).toUpperCase().padStart(4, "0");
  const row = new RegExp(`:${port(local)} [0-9A-F]+:${port(remote)} `);
  return row.test(fs.readFileSync(`/proc/net/tcp${family === "6" ? "6" : ""}`, "utf8"));
}

async function byDuplicate(connections: Connection[]): Promise<Ending[]> {
  const duplicates = connections.map(({ fd }) => dup(fd));
  for (const { fd } of connections) fs.closeSync(fd);
  await sleep(LATER_MS);
  return duplicates.map(close);
}

/** cat holds what it inherits, does nothing with it, and ends when its input does. */
async function byAnother(connections: Connection[]): Promise<Ending[]> {
  const fds = connections.map(({ fd }) => fd);
  const holder = spawn("cat", [], { stdio: ["pipe", "ignore", "inherit", ...fds] });
  const exited = once(holder, "exit");
  await once(holder, "spawn");
  for (const fd of fds) fs.closeSync(fd);
  await sleep(LATER_MS);
  (holder.stdin as Writable).end();
  await exited;
  return connections.map(() => ({ closePid: holder.pid as number, closedAt: null }));
}
