// socket-owners - Which processes have a socket open, by the inode number that /proc/PID/fd shows.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One open file descriptor of a socket. */
export interface SocketOwner {
  pid: number;
  comm: string;
  fd: number;
}

/** Everybody who has one of `inodes` open, lowest pid first. A socket on its way to another process has nobody. */
export function ownersOf(inodes: ReadonlySet<number>): Map<number, SocketOwner[]> {
  const found = new Map<number, SocketOwner[]>([...inodes].map((inode) => [inode, []]));
  if (inodes.size === 0) return found;
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger))
    for (const fd of descriptorsOf(pid)) found.get(inodeOf(pid, fd))?.push({ pid, comm: commOf(pid), fd });
  return found;
}

/** None for a process that has ended or may not be looked at. */
function descriptorsOf(pid: number): number[] {
  return attempt(() => readdirSync(`/proc/${pid}/fd`).map(Number), []);
}

function inodeOf(pid: number, fd: number): number {
  const target = attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), "");
  return Number(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? -1);
}

function commOf(pid: number): string {
  return attempt(() => readFileSync(`/proc/${pid}/comm`, "utf8").replace(/\n$/, ""), "");
}

function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
