// binding - A dma-buf in ordinary memory (udmabuf over a memfd), bound to receive queues of a device.
import fs from "node:fs";
import * as native from "../../../collector/kernel/native.ts";
import { ask, closeNetdev, NetlinkError, openNetdev } from "../../../collector/kernel/netdev.ts";
import * as netlink from "../../../collector/kernel/netlink.ts";
import { Failure } from "../failure.ts";

export const PAGE_SIZE = 4096;
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SHRINK = 2;
const UDMABUF_CREATE = 0x40187542;
const UDMABUF_FLAGS_CLOEXEC = 1;
const BIND_RX = 13; // commands and attributes: include/uapi/linux/netdev.h
const DMABUF = { ifindex: 1, queues: 2, fd: 3, id: 4 };
const QUEUE = { id: 1, type: 3 };
const TYPE_RX = 0;

export type Binding = {
  dmabufId: number;
  ifindex: number;
  /** CLOCK_MONOTONIC ns. */
  boundAt: bigint;
  /** Unbinds and releases our hold on the memory; CLOCK_MONOTONIC ns when the unbind was done. */
  close(): bigint;
};

/** Makes a dma-buf of `pages` pages and binds it to `queues` of `ifname` until close() or the process ends. */
export function bind(ifname: string, queues: readonly number[], pages: number): Binding {
  const ifindex = Number(fs.readFileSync(`/sys/class/net/${ifname}/ifindex`, "utf8"));
  const dmabuf = createDmabuf(pages * PAGE_SIZE);
  const { netdev, dmabufId } = bindRx(ifindex, queues, dmabuf, ifname);
  const boundAt = process.hrtime.bigint();
  const close = () => {
    closeNetdev(netdev);
    const unboundAt = process.hrtime.bigint();
    fs.closeSync(dmabuf);
    return unboundAt;
  };
  return { dmabufId, ifindex, boundAt, close };
}

function createDmabuf(size: number): number {
  if (!fs.existsSync("/dev/udmabuf")) throw new Failure("/dev/udmabuf does not exist; run: modprobe udmabuf");
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
  const what = `bind-rx of ${ifname} queue ${queues.join(",")}`;
  try {
    const netdev = openNetdev();
    const [answer] = ask(netdev, BIND_RX, bindRxAttributes(ifindex, queues, dmabuf));
    return { netdev, dmabufId: netlink.unsigned(answer?.get(DMABUF.id)) as number };
  } catch (error) {
    if (error instanceof NetlinkError) throw new Failure(`${what}: ${error.message}`);
    throw error;
  }
}

/** The attributes of bind-rx: which queues of which device get which dma-buf (Documentation/netlink/specs/netdev.yaml). */
export function bindRxAttributes(ifindex: number, queues: readonly number[], fd: number): Buffer[] {
  return [
    netlink.u32(DMABUF.ifindex, ifindex),
    ...queues.map((queue) =>
      netlink.nest(DMABUF.queues, [netlink.u32(QUEUE.id, queue), netlink.u32(QUEUE.type, TYPE_RX)]),
    ),
    netlink.u32(DMABUF.fd, fd),
  ];
}
