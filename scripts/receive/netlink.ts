// netlink.ts - generic netlink messages as bytes, and back: enough of it for the netdev family's bind-rx.

export const GENL_ID_CTRL = 0x10;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;
const MESSAGE_HEADER = 16;
const GENL_HEADER = 4;
const NLMSGERR_ATTR_MSG = 1;

export const CTRL_CMD_GETFAMILY = 3;
export const CTRL_ATTR_FAMILY_ID = 1;
export const CTRL_ATTR_FAMILY_NAME = 2;

export const NETDEV_CMD_BIND_RX = 13;
export const NETDEV_A_DMABUF_ID = 4;
const NETDEV_A_DMABUF = { ifindex: 1, queues: 2, fd: 3 };
const NETDEV_A_QUEUE = { id: 1, type: 3 };
const QUEUE_TYPE_RX = 0;

const padded = (length: number) => (length + 3) & ~3;

/** One attribute: header, value, padding. */
export function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(padded(4 + value.length));
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
}

/** An attribute holding a u32. */
export function u32(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return attribute(type, bytes);
}

/** An attribute holding a string, with its zero. */
export function text(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`));
}

/** An attribute holding attributes. */
export function nest(type: number, attributes: Uint8Array[]): Buffer {
  return attribute(type | NLA_F_NESTED, Buffer.concat(attributes));
}

/** A generic netlink request that asks for an acknowledgement. */
export function request(family: number, command: number, sequence: number, attributes: Uint8Array[]): Buffer {
  const header = Buffer.alloc(MESSAGE_HEADER + GENL_HEADER);
  const bytes = Buffer.concat([header, ...attributes]);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(family, 4);
  bytes.writeUInt16LE(NLM_F_REQUEST | NLM_F_ACK, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.writeUInt8(command, MESSAGE_HEADER);
  bytes.writeUInt8(1, MESSAGE_HEADER + 1);
  return bytes;
}

/** The attributes of bind-rx: which queues of which device get which dma-buf (Documentation/netlink/specs/netdev.yaml). */
export function bindRxAttributes(ifindex: number, queues: readonly number[], fd: number): Buffer[] {
  return [
    u32(NETDEV_A_DMABUF.ifindex, ifindex),
    ...queues.map((queue) =>
      nest(NETDEV_A_DMABUF.queues, [u32(NETDEV_A_QUEUE.id, queue), u32(NETDEV_A_QUEUE.type, QUEUE_TYPE_RX)]),
    ),
    u32(NETDEV_A_DMABUF.fd, fd),
  ];
}

/** Attributes by type; a repeated type keeps its last. */
export type Attributes = Map<number, Buffer>;

export type Reply =
  | { kind: "data"; sequence: number; attributes: Attributes }
  | { kind: "end"; sequence: number /** 0 for an acknowledgement */; errno: number; message: string | null };

/** The messages of one read. */
export function readReplies(bytes: Buffer): Reply[] {
  const replies: Reply[] = [];
  for (let at = 0; at + MESSAGE_HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < MESSAGE_HEADER || at + length > bytes.length) break;
    replies.push(readReply(bytes.subarray(at, at + length)));
    at += padded(length);
  }
  return replies;
}

function readReply(bytes: Buffer): Reply {
  const sequence = bytes.readUInt32LE(8);
  if (bytes.readUInt16LE(4) === NLMSG_ERROR) return { kind: "end", sequence, ...readError(bytes) };
  return { kind: "data", sequence, attributes: readAttributes(bytes.subarray(MESSAGE_HEADER + GENL_HEADER)) };
}

function readError(bytes: Buffer): { errno: number; message: string | null } {
  const errno = Math.abs(bytes.readInt32LE(MESSAGE_HEADER));
  const flags = bytes.readUInt16LE(6);
  if (!(flags & NLM_F_ACK_TLVS)) return { errno, message: null };
  const echoed = flags & NLM_F_CAPPED ? MESSAGE_HEADER : padded(bytes.readUInt32LE(MESSAGE_HEADER + 4));
  const message = readAttributes(bytes.subarray(MESSAGE_HEADER + 4 + echoed)).get(NLMSGERR_ATTR_MSG);
  return { errno, message: message?.toString("utf8").replace(/\0.*$/s, "") ?? null };
}

/** Attributes laid end to end, copied: what they were read into is used again for the next message. */
export function readAttributes(bytes: Buffer): Attributes {
  const attributes: Attributes = new Map();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) break;
    attributes.set(
      bytes.readUInt16LE(at + 2) & NLA_TYPE_MASK,
      Buffer.from(bytes.subarray(at + 4, at + length)),
    );
    at += padded(length);
  }
  return attributes;
}
