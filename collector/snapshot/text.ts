// text - A snapshot as tables: who holds what now, and what the page pools have out.

import { plural, printable, table } from "../base/format.ts";
import type { Snapshot, SnapshotBinding, SnapshotPool, SnapshotSocket } from "./snapshot.ts";

/** The whole snapshot, one line per entry; the first line has the sum. */
export function snapshotText(snapshot: Snapshot): string[] {
  return [
    headline(snapshot),
    ...unreadLines(snapshot.unread),
    "",
    ...socketLines(snapshot.sockets),
    "",
    ...bindingLines(snapshot.bindings),
  ];
}

function unreadLines(unread: number): string[] {
  if (unread === 0) return [];
  return [`${plural(unread, "line")} of the kernel's answer could not be read: sockets are missing here`];
}

function headline({ kernel, sockets, others, outstanding, wall }: Snapshot): string {
  const holding = sockets.filter((socket) => socket.outstanding !== 0).length;
  const idle = plural(sockets.length - holding + others, "other TCP socket");
  return `${wall}  ${plural(outstanding, "token")} outstanding on ${plural(holding, "socket")}, none on ${idle} (${printable(kernel.release)}, ${kernel.variant})`;
}

function socketLines(sockets: SnapshotSocket[]): string[] {
  if (sockets.length === 0) return ["No TCP socket holds a token."];
  const titles = ["OUTSTANDING", "PID", "COMM", "FD", "LOCAL", "REMOTE", "STATE", "MODE", "DMA-BUF"];
  return table([titles, ...sockets.map(socketRow)]);
}

function socketRow(s: SnapshotSocket): string[] {
  const holder = s.holders.length > 0 ? [String(s.pid), printable(s.comm), descriptors(s)] : ["-", "-", "-"];
  const count = s.whole ? String(s.outstanding) : `${s.outstanding} or more`;
  const dmabuf = s.dmabufId === null ? "-" : String(s.dmabufId);
  return [count, ...holder, s.local, s.remote, s.state, s.mode, dmabuf];
}

function descriptors({ fd, holders }: SnapshotSocket): string {
  return holders.length > 1 ? `${fd} and ${holders.length - 1} more` : String(fd);
}

function bindingLines(bindings: SnapshotBinding[]): string[] {
  if (bindings.length === 0) return ["No dma-buf is bound."];
  const titles = ["DMA-BUF", "DEVICE", "QUEUES", "TOKENS", "PAGES OUT", "PAGE POOLS"];
  return table([titles, ...bindings.map(bindingRow)]);
}

function bindingRow(b: SnapshotBinding): string[] {
  const queues = b.queues.length > 0 ? b.queues.join(",") : "unbound";
  return [
    String(b.id),
    printable(b.ifname) || "-",
    queues,
    String(b.outstanding),
    String(b.inflight),
    b.pools.map(poolText).join(", "),
  ];
}

function poolText({ id, inflight, detachedAt }: SnapshotPool): string {
  return `${id}: ${inflight}${detachedAt === null ? "" : " (detached)"}`;
}
