// netlink - Generic netlink messages as bytes, and back.

export const GENL_ID_CTRL = 0x10;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
export const NLM_F_ACK = 4;
export const NLM_F_DUMP = 0x300;
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

/** A generic netlink request; `flags`: what will end the answer, NLM_F_ACK or NLM_F_DUMP. */
export function request(
  family: number,
  command: number,
  sequence: number,
  attributes: Uint8Array[],
  flags = NLM_F_ACK,
): Buffer {
  const header = Buffer.alloc(MESSAGE_HEADER + GENL_HEADER);
  const bytes = Buffer.concat([header, ...attributes]);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(family, 4);
  bytes.writeUInt16LE(NLM_F_REQUEST | flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.writeUInt8(command, MESSAGE_HEADER);
  bytes.writeUInt8(1, MESSAGE_HEADER + 1);
  return bytes;
}

/** Attributes by type; a repeated type keeps its last. */
export type Attributes = Map<number, Buffer>;

export type Reply =
  | { kind: "data"; sequence: number; attributes: Attributes }
  | { kind: "end"; sequence: number /** 0 when all is well */; errno: number; message: string | null };

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
  const type = bytes.readUInt16LE(4);
  if (type === NLMSG_DONE) return { kind: "end", sequence, errno: doneErrno(bytes), message: null };
  if (type === NLMSG_ERROR) return { kind: "end", sequence, ...readError(bytes) };
  return { kind: "data", sequence, attributes: readAttributes(bytes.subarray(MESSAGE_HEADER + GENL_HEADER)) };
}

/** How a dump ended: its body is 0 or a negative errno. */
function doneErrno(bytes: Buffer): number {
  return bytes.length >= MESSAGE_HEADER + 4 ? Math.abs(bytes.readInt32LE(MESSAGE_HEADER)) : 0;
}

function readError(bytes: Buffer): { errno: number; message: string | null } {
  const errno = Math.abs(bytes.readInt32LE(MESSAGE_HEADER));
  const flags = bytes.readUInt16LE(6);
  if (!(flags & NLM_F_ACK_TLVS)) return { errno, message: null };
  const echoed = flags & NLM_F_CAPPED ? MESSAGE_HEADER : padded(bytes.readUInt32LE(MESSAGE_HEADER + 4));
  const message = readAttributes(bytes.subarray(MESSAGE_HEADER + 4 + echoed)).get(NLMSGERR_ATTR_MSG);
  return { errno, message: message?.toString("utf8").replace(/\0.*$/s, "") ?? null };
}

/** Attributes laid end to end, copied, because the buffer they were read into is used again for the next message. */
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

/** An unsigned integer of 1, 2, 4 or 8 bytes, as its attribute's length says (NLA_UINT is 4 or 8); null where absent. */
export function unsigned(value: Buffer | undefined): number | null {
  switch (value?.length) {
    case 1:
      return value.readUInt8();
    case 2:
      return value.readUInt16LE();
    case 4:
      return value.readUInt32LE();
    case 8:
      return Number(value.readBigUInt64LE());
    default:
      return null;
  }
}
