// reader - Reads the kernel: every TCP socket's tokens through a pinned iterator, bindings and page pools through netlink.

import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { cannot } from "../base/errors.ts";
import { pinIterator, requireBpftrace } from "../bpftrace/bpftrace.ts";
import { iteratorProgram } from "../bpftrace/program.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { inEveryNetwork } from "../kernel/namespaces.ts";
import { interfaceName } from "../kernel/native.ts";
import { closeNetdev, NetlinkError, openNetdev, pools, queues } from "../kernel/netdev.ts";
import { lackingToRead, lackText, ownPrivileges } from "../kernel/privileges.ts";
import { makePinFolder, removeFolder } from "./pins.ts";
import { type HeldLine, type Network, readHeldLine } from "./snapshot.ts";

/** Bytes of an iterator's output read at once. */
const ROOM = 65_536;

/** What the iterators met at one time, or several times put together. */
export interface Sockets {
  /** Every TCP socket, each once. */
  held: HeldLine[];
  /** Lines of another form than the iterators print. */
  unread: number;
}

/** The kernel, to be read any number of times: nothing runs in between. */
export interface Reader {
  /** The TCP sockets in the kernel's tables, of every network namespace. */
  sockets(): Sockets;
  /**
   * Those in no table, as after a reset: looks at every open file of every process. It holds each file while it looks: when a
   * program closes its socket just then, tcp_close runs in this process.
   */
  strays(): Sockets;
  /** The bindings and page pools of every network namespace. Throws UserError when netlink refuses. */
  networks(): Network[];
  /** Takes the iterators away; also done when the process exits. */
  close(): void;
}

/** Loads the iterators for this kernel. Throws UserError (exit 4) where they cannot be loaded, or when `signal` aborts first. */
export async function openReader(kernel: Kernel, signal?: AbortSignal): Promise<Reader> {
  requireReading();
  requireBpftrace();
  const folder = makePinFolder();
  const [hashed, unhashed] = [join(folder, "hashed"), join(folder, "unhashed")];
  const remove = () => removeFolder(folder);
  process.on("exit", remove);
  await Promise.all([
    pinIterator(iteratorProgram("snapshot", kernel), hashed, signal),
    pinIterator(iteratorProgram("snapshot-closed", kernel), unhashed, signal),
  ]);
  return {
    sockets: () => socketsIn(inEveryNetwork(() => readLines(hashed)).flat()),
    strays: () => socketsIn(readLines(unhashed)),
    networks: () => inEveryNetwork((netns) => ({ netns, ...readNetdev() })),
    close() {
      process.off("exit", remove);
      remove();
    },
  };
}

/** Checked before bpftrace is: it needs more than bpftrace does, and one message should name all of it. */
function requireReading(): void {
  const has = ownPrivileges();
  const lacking = lackingToRead(has);
  if (lacking.length > 0) throw cannot(lackText("Reading every network namespace and process", lacking, has));
}

/**
 * Two readings as one, the second being the later: the tables must be read first, so that a socket that leaves them
 * meanwhile is met twice and not missed.
 */
export function together(first: Sockets, second: Sockets): Sockets {
  const each = new Map([...first.held, ...second.held].map((line) => [line.sk, line]));
  return { held: [...each.values()], unread: first.unread + second.unread };
}

/** Each once: a stray has a line for each of its descriptors. */
function socketsIn(lines: string[]): Sockets {
  const held = lines.map(readHeldLine).filter((line) => line !== null);
  const each = new Map(held.map((line) => [line.sk, line]));
  return { held: [...each.values()], unread: lines.length - held.length };
}

function readLines(path: string): string[] {
  return readWhole(path).split("\n").filter(Boolean);
}

/** A BPF iterator may ask to be read again (EAGAIN) after a million objects of which it printed nothing. */
function readWhole(path: string): string {
  const fd = openSync(path, "r");
  const room = Buffer.alloc(ROOM);
  let text = "";
  try {
    for (;;) {
      const length = readSome(fd, room);
      if (length === 0) return text;
      if (length > 0) text += room.toString("latin1", 0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** Bytes read, 0 at the end, -1 to try again. */
function readSome(fd: number, room: Buffer): number {
  try {
    return readSync(fd, room);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
    throw error;
  }
}

/** In this thread's network namespace. */
function readNetdev(): Pick<Network, "queues" | "pools" | "names"> {
  try {
    const netdev = openNetdev();
    const found = { queues: queues(netdev), pools: pools(netdev) };
    closeNetdev(netdev);
    const devices = new Set([...found.queues, ...found.pools].map(({ ifindex }) => ifindex ?? 0));
    return { ...found, names: new Map([...devices].map((index) => [index, interfaceName(index) ?? ""])) };
  } catch (error) {
    if (error instanceof NetlinkError)
      throw cannot(`Bindings and page pools cannot be read: netlink family "netdev": ${error.message}.`);
    throw error;
  }
}
