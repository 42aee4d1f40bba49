// netdev - The kernel's "netdev" generic netlink family: a socket for requests, and its answers read.
//
// Numbers are those of include/uapi/linux/netdev.h (Documentation/netlink/specs/netdev.yaml).

import { closeSync, readSync, writeSync } from "node:fs";
import { errnoName } from "../base/errno.ts";
import * as native from "./native.ts";
import * as netlink from "./netlink.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_GENERIC = 16;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
/** The most that the kernel puts in one answer (the larger of NLMSG_GOODSIZE and the reader's buffer). */
const ROOM = 65536;

const CMD = { pagePoolGet: 5, queueGet: 10 };
const QUEUE = { id: 1, ifindex: 2, type: 3, dmabuf: 5 };
const POOL = { id: 1, ifindex: 2, inflight: 4, detachTime: 6, dmabuf: 7 };
const TYPE_RX = 0;

/** A refusal by the kernel: `code` is the name of the errno, the message has the kernel's own text where there is one. */
export class NetlinkError extends Error {
  readonly code: string;

  constructor(errno: number, message: string | null) {
    const code = errnoName(errno);
    super(message ? `${code} (${message})` : code);
    this.code = code;
  }
}

/** A netlink socket of the network namespace it was opened in, and the family's number there. */
export interface Netdev {
  fd: number;
  family: number;
}

/** Opens one. Throws NetlinkError ENOENT where the kernel does not have the family (before 6.3). */
export function openNetdev(): Netdev {
  const fd = native.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  native.setIntOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
  native.setIntOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
  const name = netlink.text(netlink.CTRL_ATTR_FAMILY_NAME, "netdev");
  const [found] = exchange(fd, netlink.request(netlink.GENL_ID_CTRL, netlink.CTRL_CMD_GETFAMILY, 1, [name]));
  return { fd, family: netlink.unsigned(found?.get(netlink.CTRL_ATTR_FAMILY_ID)) ?? 0 };
}

/** Closes the socket, which unbinds what was bound with it. */
export function closeNetdev({ fd }: Netdev): void {
  closeSync(fd);
}

/** One request and the attributes of its answers. Throws NetlinkError when the kernel refuses. */
export function ask({ fd, family }: Netdev, command: number, attributes: Uint8Array[]): netlink.Attributes[] {
  return exchange(fd, netlink.request(family, command, 2, attributes));
}

function exchange(fd: number, request: Buffer): netlink.Attributes[] {
  writeSync(fd, request);
  const room = Buffer.alloc(ROOM);
  const answers: netlink.Attributes[] = [];
  for (;;) {
    for (const reply of netlink.readReplies(room.subarray(0, readSync(fd, room)))) {
      if (reply.kind === "data") answers.push(reply.attributes);
      else if (reply.errno === 0) return answers;
      else throw new NetlinkError(reply.errno, reply.message);
    }
  }
}

/** A receive queue with a dma-buf bound to it. */
export interface Queue {
  id: number;
  ifindex: number;
  dmabufId: number;
}

/** A page pool fed from a dma-buf. `inflight`: pages out of it, in rings, queues and caches too, not only in tokens. */
export interface Pool {
  id: number;
  /** 1 (lo) or null when its device is gone. */
  ifindex: number | null;
  dmabufId: number;
  inflight: number;
  /** Seconds of CLOCK_BOOTTIME when it was taken off its queue; null while it is in use. */
  detachedAt: number | null;
}

/** The bound receive queues of every device (netdev queue-get). */
export function queues(netdev: Netdev): Queue[] {
  return dump(netdev, CMD.queueGet).flatMap(readQueue);
}

/** The page pools of dma-bufs (netdev page-pool-get), detached ones included as long as a page is out. */
export function pools(netdev: Netdev): Pool[] {
  return dump(netdev, CMD.pagePoolGet).flatMap(readPool);
}

function dump({ fd, family }: Netdev, command: number): netlink.Attributes[] {
  return exchange(fd, netlink.request(family, command, 3, [], netlink.NLM_F_DUMP));
}

/** One answer to queue-get; nothing for a queue without a dma-buf, or one that only sends. */
export function readQueue(answer: netlink.Attributes): Queue[] {
  const [id, ifindex, type, dmabufId] = [QUEUE.id, QUEUE.ifindex, QUEUE.type, QUEUE.dmabuf].map((attribute) =>
    netlink.unsigned(answer.get(attribute)),
  );
  if (id == null || ifindex == null || dmabufId == null || type !== TYPE_RX) return [];
  return [{ id, ifindex, dmabufId }];
}

/** One answer to page-pool-get; nothing for a pool of ordinary pages. */
export function readPool(answer: netlink.Attributes): Pool[] {
  const [id, dmabufId] = [POOL.id, POOL.dmabuf].map((attribute) => netlink.unsigned(answer.get(attribute)));
  if (id == null || dmabufId == null) return [];
  return [
    {
      id,
      ifindex: netlink.unsigned(answer.get(POOL.ifindex)),
      dmabufId,
      inflight: netlink.unsigned(answer.get(POOL.inflight)) ?? 0,
      detachedAt: netlink.unsigned(answer.get(POOL.detachTime)),
    },
  ];
}
