// reader - Reads the kernel: every TCP socket's tokens through a pinned iterator, bindings and page pools through netlink.

import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { cannot } from "../base/errors.ts";
import { pinIterator, requireBpftrace } from "../bpftrace/bpftrace.ts";
import { iteratorProgram } from "../bpftrace/program.ts";
import type { Header } from "../events/event.ts";
import { inEveryNetwork } from "../kernel/namespaces.ts";
import { interfaceName } from "../kernel/native.ts";
import { closeNetdev, NetlinkError, openNetdev, pools, queues } from "../kernel/netdev.ts";
import { lackingToRead, lackText, ownPrivileges } from "../kernel/privileges.ts";
import { makePinFolder, removeFolder } from "./pins.ts";
import { type HeldLine, type Network, readHeldLine } from "./snapshot.ts";

const ROOM = 65536;

/** What the iterators met at one time, or several times put together. */
export interface Sockets {
  /** Every TCP socket, each once. */
  held: HeldLine[];
  /** Lines that are of another form than the iterators print. */
  unread: number;
}

/** The kernel, to be read as often as one likes: nothing runs in between. */
export interface Reader {
  /** The TCP sockets in the kernel's tables, of every network namespace. */
  sockets(): Sockets;
  /**
   * Those in no table, as after a reset: looks at every open file of every process. It holds each while it does: a program
   * that closes its socket just then has it closed by us, tcp_close runs in this process.
   */
  strays(): Sockets;
  /** The bindings and page pools of every network namespace. Throws UserError when netlink refuses. */
  networks(): Network[];
  /** Takes the iterators away; also done when the process exits. */
  close(): void;
}

/** Loads the iterators for this kernel. Throws UserError (exit 4) where they cannot be had, or were `given` up meanwhile. */
export async function openReader(kernel: Header["kernel"], given?: AbortSignal): Promise<Reader> {
  const has = ownPrivileges();
  const lacking = lackingToRead(has);
  // First: it is more than bpftrace needs, so that all of it is said at once.
  if (lacking.length > 0) throw cannot(lackText("Reading every network namespace and process", lacking, has));
  requireBpftrace();
  const folder = makePinFolder();
  const [hashed, unhashed] = [join(folder, "hashed"), join(folder, "unhashed")];
  const remove = () => removeFolder(folder);
  process.on("exit", remove);
  await Promise.all([
    pinIterator(iteratorProgram("snapshot", kernel.variant), hashed, given),
    pinIterator(iteratorProgram("snapshot-closed", kernel.variant), unhashed, given),
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

/**
 * Two readings as one, the second being the later: what the tables have must be read first, for a socket that leaves them
 * meanwhile to be met twice and not missed.
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

/** A BPF iterator may ask to be read again (EAGAIN) after a million objects it had nothing to say of. */
function readWhole(path: string): string {
  const fd = openSync(path, "r");
  const room = Buffer.alloc(ROOM);
  let text = "";
  try {
    for (;;) {
      const length = readOrZero(fd, room);
      if (length === 0) return text;
      if (length > 0) text += room.toString("latin1", 0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** Bytes read, 0 at the end, -1 to try again. */
function readOrZero(fd: number, room: Buffer): number {
  try {
    return readSync(fd, room);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
    throw error;
  }
}

function readNetdev(): Pick<Network, "queues" | "pools" | "names"> {
  try {
    const netdev = openNetdev();
    const found = { queues: queues(netdev), pools: pools(netdev) };
    closeNetdev(netdev);
    const devices = new Set([...found.queues, ...found.pools].map(({ ifindex }) => ifindex ?? 0));
    return { ...found, names: new Map([...devices].map((index) => [index, interfaceName(index) ?? ""])) };
  } catch (error) {
    if (error instanceof NetlinkError)
      throw cannot(`Bindings and page pools cannot be read: netlink family "netdev" says ${error.message}.`);
    throw error;
  }
}
