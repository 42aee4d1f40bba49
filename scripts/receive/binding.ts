// binding.ts - a dma-buf in ordinary memory (udmabuf over a memfd), bound to receive queues of a device.
import fs from "node:fs";
import * as native from "../../collector/native.ts";
import { Failure } from "./failure.ts";
import * as netlink from "./netlink.ts";

export const PAGE_SIZE = 4096;
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SHRINK = 2;
const UDMABUF_CREATE = 0x40187542;
const UDMABUF_FLAGS_CLOEXEC = 1;
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_GENERIC = 16;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;

export type Binding = {
  dmabufId: number;
  ifindex: number;
  /** CLOCK_MONOTONIC ns. */
  boundAt: bigint;
  /** Unbinds and gives the memory up as far as we hold it; CLOCK_MONOTONIC ns when the unbind was through. */
  close(): bigint;
};

/** Makes a dma-buf of `pages` pages and binds it to `queues` of `ifname` until close() or the process ends. */
export function bind(ifname: string, queues: readonly number[], pages: number): Binding {
  const ifindex = Number(fs.readFileSync(`/sys/class/net/${ifname}/ifindex`, "utf8"));
  const dmabuf = createDmabuf(pages * PAGE_SIZE);
  const { fd: netlinkSocket, dmabufId } = bindRx(ifindex, queues, dmabuf, ifname);
  const boundAt = process.hrtime.bigint();
  const close = () => {
    fs.closeSync(netlinkSocket);
    const unboundAt = process.hrtime.bigint();
    fs.closeSync(dmabuf);
    return unboundAt;
  };
  return { dmabufId, ifindex, boundAt, close };
}

function createDmabuf(size: number): number {
  if (!fs.existsSync("/dev/udmabuf")) throw new Failure("/dev/udmabuf is not there; run: modprobe udmabuf");
  const memfd = native.memfdCreate("receive", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  fs.ftruncateSync(memfd, size);
  native.fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK);
  const device = fs.openSync("/dev/udmabuf", "r+");
  try {
    return native.ioctl(device, UDMABUF_CREATE, udmabufCreate(memfd, size));
  } catch (error) {
    const limit = "/sys/module/udmabuf/parameters/size_limit_mb";
    throw new Failure(`cannot make a dma-buf of ${size} bytes (${(error as Error).message}); see ${limit}`);
  } finally {
    fs.closeSync(device);
    fs.closeSync(memfd);
  }
}

/** struct udmabuf_create: u32 memfd, u32 flags, u64 offset, u64 size. */
function udmabufCreate(memfd: number, size: number): Uint8Array {
  const bytes = native.pinned(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, memfd, true);
  view.setUint32(4, UDMABUF_FLAGS_CLOEXEC, true);
  view.setBigUint64(16, BigInt(size), true);
  return bytes;
}

function bindRx(ifindex: number, queues: readonly number[], dmabuf: number, ifname: string) {
  const fd = native.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  native.setIntOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
  native.setIntOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
  const attributes = netlink.bindRxAttributes(ifindex, queues, dmabuf);
  const what = `bind-rx of ${ifname} queue ${queues.join(",")}`;
  const reply = ask(fd, netlink.request(netdevFamily(fd), netlink.NETDEV_CMD_BIND_RX, 2, attributes), what);
  return { fd, dmabufId: integer(reply.get(netlink.NETDEV_A_DMABUF_ID), what) };
}

function netdevFamily(fd: number): number {
  const name = netlink.text(netlink.CTRL_ATTR_FAMILY_NAME, "netdev");
  const what = 'looking for the generic netlink family "netdev"';
  const reply = ask(fd, netlink.request(netlink.GENL_ID_CTRL, netlink.CTRL_CMD_GETFAMILY, 1, [name]), what);
  return integer(reply.get(netlink.CTRL_ATTR_FAMILY_ID), what);
}

/** A u16 or a u32, as the attribute's length says. */
function integer(value: Buffer | undefined, what: string): number {
  if (value === undefined) throw new Failure(`${what}: the kernel's answer lacks the id`);
  return value.length === 2 ? value.readUInt16LE() : value.readUInt32LE();
}

/** Sends one request and waits for its acknowledgement; the attributes that came before it. */
function ask(fd: number, request: Buffer, what: string): netlink.Attributes {
  fs.writeSync(fd, request);
  const room = Buffer.alloc(65536);
  let attributes: netlink.Attributes = new Map();
  for (;;) {
    for (const reply of netlink.readReplies(room.subarray(0, fs.readSync(fd, room)))) {
      if (reply.kind === "data") attributes = reply.attributes;
      else if (reply.errno === 0) return attributes;
      else
        throw new Failure(
          `${what}: ${native.errnoName(reply.errno)}${reply.message ? ` (${reply.message})` : ""}`,
        );
    }
  }
}
