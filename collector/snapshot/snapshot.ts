// snapshot - What the kernel holds now, put together: its sockets' tokens, its bindings, queues and page pools.

import { endpoint } from "../events/endpoint.ts";
import { type Header, modeOf, SOCKMODES } from "../events/event.ts";
import type { Pool, Queue } from "../kernel/netdev.ts";
import type { Holder } from "../kernel/socket-owners.ts";

/** One line of probes/snapshot.bt: a TCP socket. Field meanings are in its header. */
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
  /** The device's name, where whoever read the line asked for it. */
  ifname?: string;
  local: string;
  remote: string;
}

const NUMBERS = [
  ...(["state", "mode", "held", "whole", "netns", "inode"] as const),
  ...(["dmabuf", "bytes", "shift", "ifindex"] as const),
];
const TEXTS = ["t", "sk", "binding", "local", "remote"] as const;

/** Reads one line of probes/snapshot.bt. Returns null for a line of another form. */
export function readHeldLine(line: string): HeldLine | null {
  if (!line.startsWith("held ")) return null;
  const fields = Object.fromEntries(
    line
      .split(" ")
      .slice(1)
      .map((field) => field.split("=")),
  );
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

/** What netlink says in one network namespace. `names`: interface names by ifindex. */
export interface Network {
  netns: number;
  queues: Queue[];
  pools: Pool[];
  names: Map<number, string>;
}

/** One TCP socket. `pid`, `comm`, `fd` are of the first holder: 0 and empty when it is closed but not destroyed. */
export interface SnapshotSocket {
  pid: number;
  comm: string;
  fd: number | null;
  /** Every descriptor it is open as. */
  holders: Holder[];
  netns: number;
  inode: number;
  family: number;
  local: string;
  remote: string;
  state: string;
  mode: string;
  /** Binding of one of its tokens; null where it holds none. */
  dmabufId: number | null;
  /** Tokens; below 0 in manual mode when it returned other sockets' tokens. */
  outstanding: number;
  /** false: there were more tokens than the walk could visit; outstanding is the least there are. */
  whole: boolean;
}

export interface SnapshotPool {
  id: number;
  /** Pages out of the pool: in tokens, but also in the NIC's ring, socket queues and caches. */
  inflight: number;
  /** CLOCK_BOOTTIME seconds when it was taken off its queue, which is what an unbind does; null before. */
  detachedAt: number | null;
}

/** One dma-buf that is bound, or unbound with pages still out: then it has no queues. */
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
  /** Tokens of the sockets whose dmabufId it is. */
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
  /** TCP sockets left out of `sockets` because they hold nothing. */
  others: number;
  bindings: SnapshotBinding[];
  /** Lines of the kernel's answer that could not be read; the snapshot is not whole unless it is 0. */
  unread: number;
}

/** One address as the kernel has it, hexadecimal in network order and a port: the form people write, and the port. */
export function address(text: string): [address: string, port: number] {
  const [hex = "", port = ""] = text.split(":");
  if (hex.length === 8)
    return [(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join("."), Number(port)];
  const groups = (hex.match(/..../g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  return [new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1), Number(port)];
}

function socketsOf(held: HeldLine[], holders: Map<number, Holder[]>, all: boolean): SnapshotSocket[] {
  return held
    .filter((line) => all || line.held !== 0)
    .map((line) => socketOf(line, holders.get(line.inode) ?? []))
    .sort((a, b) => b.outstanding - a.outstanding);
}

function socketOf(line: HeldLine, holders: Holder[]): SnapshotSocket {
  const local = endpoint(...address(line.local));
  return {
    ...{ pid: holders[0]?.pid ?? 0, comm: holders[0]?.comm ?? "", fd: holders[0]?.fd ?? null, holders },
    ...{ netns: line.netns, inode: line.inode, family: local.startsWith("[") ? 6 : 4 },
    ...{
      local,
      remote: endpoint(...address(line.remote)),
      state: STATES[line.state] ?? `state ${line.state}`,
    },
    ...{ mode: modeOf(line.mode), dmabufId: line.dmabuf || null },
    ...{ outstanding: line.held, whole: line.whole === 1 },
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
    ...{ id, netns, ifname: names.get(ifindex) ?? "", ifindex, queues: mine.map((queue) => queue.id) },
    pools: fed.map(({ id, inflight, detachedAt }) => ({ id, inflight, detachedAt })),
    inflight: fed.reduce((sum, pool) => sum + pool.inflight, 0),
    outstanding: held.reduce((sum, line) => sum + (line.dmabuf === id ? line.held : 0), 0),
  };
}

/** Everything a reading says. `holders`: who has which inode open. `all`: sockets that hold nothing as well. */
export function snapshotOf(
  kernel: Header["kernel"],
  wall: string,
  { networks, held, unread }: { networks: Network[]; held: HeldLine[]; unread: number },
  { holders, all }: { holders: Map<number, Holder[]>; all: boolean },
): Snapshot {
  const sockets = socketsOf(held, holders, all);
  return {
    ...{ schema: 1, kernel, wall, outstanding: held.reduce((sum, line) => sum + line.held, 0), sockets },
    others: held.length - sockets.length,
    bindings: networks.flatMap((network) => bindingsOf(network, held)),
    unread,
  };
}
