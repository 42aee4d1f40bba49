// snapshot - What the kernel holds now, put together: tokens by socket, bindings, queues and page pools. Pure.

import { endpoint } from "../events/endpoint.ts";
import { type Header, modeOf, SOCKMODES } from "../events/event.ts";
import type { Pool, Queue } from "../kernel/netdev.ts";
import type { SocketOwner } from "../kernel/socket-owners.ts";

/** One line of an iterator: a TCP socket. probes/parts/held-line.bt has the fields. */
export interface HeldLine {
  t: string;
  sk: string;
  state: number;
  mode: number;
  held: number;
  whole: number;
  netns: number;
  inode: number;
  binding: string;
  dmabuf: number;
  bytes: number;
  shift: number;
  ifindex: number;
  /** The name of the device; only polling.ts adds it. */
  ifname?: string;
  local: string;
  remote: string;
}

const NUMBERS = [
  "state",
  "mode",
  "held",
  "whole",
  "netns",
  "inode",
  "dmabuf",
  "bytes",
  "shift",
  "ifindex",
] as const;
const TEXTS = ["t", "sk", "binding", "local", "remote"] as const;

/** Reads one line of an iterator. Returns null for a line of another form. */
export function readHeldLine(line: string): HeldLine | null {
  const [kind, ...words] = line.split(" ");
  if (kind !== "held") return null;
  const fields = Object.fromEntries(words.map((word) => word.split("=")));
  const numbers = NUMBERS.map((name) => [name, Number(fields[name] ?? Number.NaN)] as const);
  if (numbers.some(([, value]) => !Number.isInteger(value))) return null;
  if (TEXTS.some((name) => !fields[name])) return null;
  if (!(Number(fields.mode) in SOCKMODES)) return null;
  return { ...fields, ...Object.fromEntries(numbers) } as unknown as HeldLine;
}

/** enum tcp_states, include/net/tcp_states.h. */
const STATES: Record<number, string> = {
  1: "established",
  2: "syn_sent",
  3: "syn_recv",
  4: "fin_wait1",
  5: "fin_wait2",
  7: "close",
  8: "close_wait",
  9: "last_ack",
  11: "closing",
};

/** What netlink answers in one network namespace. `names`: interface names by ifindex. */
export interface Network {
  netns: number;
  queues: Queue[];
  pools: Pool[];
  names: Map<number, string>;
}

/** One TCP socket. `pid`, `comm`, `fd` are of the first process that has it open: 0, "" and null when nobody has. */
export interface SnapshotSocket {
  pid: number;
  comm: string;
  fd: number | null;
  /** Every descriptor it is open as. */
  holders: SocketOwner[];
  netns: number;
  inode: number;
  family: number;
  local: string;
  remote: string;
  state: string;
  mode: string;
  /** The binding of one of its tokens; null where it holds none. */
  dmabufId: number | null;
  /** Tokens held; below 0 in manual mode when it returned the tokens of other sockets. */
  outstanding: number;
  /** false: there were more tokens than the walk could visit; `outstanding` is a lower bound. */
  whole: boolean;
}

export interface SnapshotPool {
  id: number;
  /** Pages out of the pool: in tokens, and also in the ring of the NIC, socket queues and caches. */
  inflight: number;
  /** CLOCK_BOOTTIME, s, when it was taken off its queue, which an unbind does; null before. */
  detachedAt: number | null;
}

/** One dma-buf that is bound, or unbound while pages are still out: then it has no queues. */
export interface SnapshotBinding {
  id: number;
  netns: number;
  ifname: string;
  /** 0 when its device is gone. */
  ifindex: number;
  queues: number[];
  pools: SnapshotPool[];
  /** Sum over its pools. */
  inflight: number;
  /** Tokens of the sockets that have its id as dmabufId. */
  outstanding: number;
}

export interface Snapshot {
  schema: 1;
  kernel: Header["kernel"];
  /** Wall clock, ISO 8601 UTC. */
  wall: string;
  /** Sum over the sockets. */
  outstanding: number;
  /** Most tokens first. */
  sockets: SnapshotSocket[];
  /** TCP sockets that are not in `sockets` because they hold nothing. */
  others: number;
  bindings: SnapshotBinding[];
  /** Lines of the kernel's answer that could not be read; only a snapshot with 0 is whole. */
  unread: number;
}

/** An address as an iterator prints it, hexadecimal in network order and a port: as people write it, and the port. */
export function address(text: string): [address: string, port: number] {
  const [hex = "", port = ""] = text.split(":");
  if (hex.length === 8)
    return [(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join("."), Number(port)];
  const groups = (hex.match(/..../g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  return [new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1), Number(port)];
}

/** Who has which socket open, by its inode. */
type Owners = ReadonlyMap<number, SocketOwner[]>;

function socketsOf(held: HeldLine[], owners: Owners, all: boolean): SnapshotSocket[] {
  return held
    .filter((line) => all || line.held !== 0)
    .map((line) => socketOf(line, owners.get(line.inode) ?? []))
    .sort((a, b) => b.outstanding - a.outstanding);
}

function socketOf(line: HeldLine, holders: SocketOwner[]): SnapshotSocket {
  const [first] = holders;
  const local = endpoint(...address(line.local));
  return {
    pid: first?.pid ?? 0,
    comm: first?.comm ?? "",
    fd: first?.fd ?? null,
    holders,
    netns: line.netns,
    inode: line.inode,
    family: local.startsWith("[") ? 6 : 4,
    local,
    remote: endpoint(...address(line.remote)),
    state: STATES[line.state] ?? `state ${line.state}`,
    mode: modeOf(line.mode),
    dmabufId: line.dmabuf || null,
    outstanding: line.held,
    whole: line.whole === 1,
  };
}

/** The bindings of one network namespace: what its queues and page pools name. */
function bindingsOf(network: Network, held: HeldLine[]): SnapshotBinding[] {
  const ids = new Set([...network.queues, ...network.pools].map(({ dmabufId }) => dmabufId));
  return [...ids].sort((a, b) => a - b).map((id) => bindingOf(id, network, held));
}

function bindingOf(id: number, { netns, queues, pools, names }: Network, held: HeldLine[]): SnapshotBinding {
  const mine = queues.filter((queue) => queue.dmabufId === id);
  const fed = pools.filter((pool) => pool.dmabufId === id);
  const ifindex = mine[0]?.ifindex ?? fed[0]?.ifindex ?? 0;
  return {
    id,
    netns,
    ifname: names.get(ifindex) ?? "",
    ifindex,
    queues: mine.map((queue) => queue.id),
    pools: fed.map(({ id, inflight, detachedAt }) => ({ id, inflight, detachedAt })),
    inflight: fed.reduce((sum, pool) => sum + pool.inflight, 0),
    outstanding: held.reduce((sum, line) => sum + (line.dmabuf === id ? line.held : 0), 0),
  };
}

/** What one reading of the kernel found. */
export interface Reading {
  networks: Network[];
  held: HeldLine[];
  unread: number;
}

/** The snapshot of a reading. `owners`: who has which inode open. `all`: sockets that hold nothing as well. */
export function snapshotOf(
  kernel: Header["kernel"],
  wall: string,
  { networks, held, unread }: Reading,
  { owners, all }: { owners: Owners; all: boolean },
): Snapshot {
  const sockets = socketsOf(held, owners, all);
  return {
    schema: 1,
    kernel,
    wall,
    outstanding: held.reduce((sum, line) => sum + line.held, 0),
    sockets,
    others: held.length - sockets.length,
    bindings: networks.flatMap((network) => bindingsOf(network, held)),
    unread,
  };
}
