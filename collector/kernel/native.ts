// native - The C library calls that Node lacks, through koffi: the only file that knows koffi (64-bit, little-endian Linux).

import koffi from "koffi";
import { errnoName } from "../base/errno.ts";

const AF_INET6 = 10;
const POLLIN = 1;
const CLONE_NEWNET = 0x40000000;
const IF_NAMESIZE = 16;

const libc = koffi.load(null);
const c = {
  socket: libc.func("int socket(int domain, int type, int protocol)"),
  bind: libc.func("int bind(int fd, const void *address, unsigned int length)"),
  listen: libc.func("int listen(int fd, int backlog)"),
  accept4: libc.func("int accept4(int fd, void *address, void *length, int flags)"),
  setsockopt: libc.func(
    "int setsockopt(int fd, int level, int option, const void *value, unsigned int length)",
  ),
  getsockopt: libc.func("int getsockopt(int fd, int level, int option, void *value, void *length)"),
  recvmsg: libc.func("long recvmsg(int fd, void *message, int flags)"),
  poll: libc.func("int poll(void *fds, unsigned long count, int timeout)"),
  dup: libc.func("int dup(int fd)"),
  fcntl: libc.func("int fcntl(int fd, int command, ...)"),
  ioctl: libc.func("int ioctl(int fd, unsigned long request, ...)"),
  setns: libc.func("int setns(int fd, int type)"),
  if_indextoname: libc.func("const char *if_indextoname(unsigned int index, void *name)"),
  memfd_create: libc.func("int memfd_create(const char *name, unsigned int flags)"),
  bpf: libc.func("long syscall(long number, int command, void *attributes, unsigned int size)"),
  inet_pton: libc.func("int inet_pton(int family, const char *text, void *binary)"),
  inet_ntop: libc.func(
    "const char *inet_ntop(int family, const void *binary, void *text, unsigned int size)",
  ),
};

/** A failed system call: `code` is the errno's name, `syscall` the function's. */
export class SyscallError extends Error {
  readonly code: string;
  readonly syscall: string;

  constructor(syscall: string, errno: number) {
    super(`${syscall}: ${errnoName(errno)}`);
    this.code = errnoName(errno);
    this.syscall = syscall;
  }
}

function checked(syscall: keyof typeof c, ...args: unknown[]): number {
  const result: number = c[syscall](...args);
  if (result < 0) throw new SyscallError(syscall, koffi.errno());
  return result;
}

/** `length` bytes that V8 never moves: the kernel may be given their address and keep it between calls. */
export function pinned(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** socket(2). */
export function socket(domain: number, type: number, protocol: number): number {
  return checked("socket", domain, type, protocol);
}

/** bind(2) to a sockaddr. */
export function bind(fd: number, address: Uint8Array): void {
  checked("bind", fd, address, address.length);
}

/** listen(2). */
export function listen(fd: number, backlog: number): void {
  checked("listen", fd, backlog);
}

/** accept4(2): the new socket and the peer's sockaddr (up to 28 bytes). Throws EAGAIN when nobody waits. */
export function accept(fd: number, flags: number): { fd: number; address: Uint8Array } {
  const address = pinned(28);
  const length = new Uint32Array(new ArrayBuffer(4));
  length[0] = address.length;
  return { fd: checked("accept4", fd, address, length, flags), address };
}

/** setsockopt(2) of an int. */
export function setIntOption(fd: number, level: number, option: number, value: number): void {
  checked("setsockopt", fd, level, option, new Int32Array(new ArrayBuffer(4)).fill(value), 4);
}

/** setsockopt(2) of bytes: what the call returned, or the negative errno. Never throws: refusals are data. */
export function setOption(
  fd: number,
  level: number,
  option: number,
  value: Uint8Array,
  length: number,
): number {
  const result: number = c.setsockopt(fd, level, option, value, length);
  return result < 0 ? -koffi.errno() : result;
}

/** getsockopt(2) of an int: its value, or the negative errno. Never throws: an option that does not exist is an answer. */
export function intOption(fd: number, level: number, option: number): number {
  const value = new Int32Array(new ArrayBuffer(4));
  const length = new Uint32Array(new ArrayBuffer(4)).fill(4);
  return c.getsockopt(fd, level, option, value, length) < 0 ? -koffi.errno() : (value[0] as number);
}

/** dup(2). */
export function dup(fd: number): number {
  return checked("dup", fd);
}

/** fcntl(2) with an int argument. */
export function fcntl(fd: number, command: number, argument: number): number {
  return checked("fcntl", fd, command, "int", argument);
}

/** ioctl(2) with a struct, which the kernel may write to. */
export function ioctl(fd: number, request: number, argument: Uint8Array): number {
  return checked("ioctl", fd, request, "void *", argument);
}

const BPF_ENABLE_STATS = 32;
/** Number of bpf(2): x86-64 has one of its own, the others that of include/uapi/asm-generic/unistd.h. */
const BPF = process.arch === "x64" ? 321 : 280;

/** bpf(2), BPF_ENABLE_STATS of run times: a descriptor. The kernel counts while it is open. Needs CAP_SYS_ADMIN. */
export function enableBpfStats(): number {
  return checked("bpf", BPF, BPF_ENABLE_STATS, pinned(4), 4);
}

/** memfd_create(2). */
export function memfdCreate(name: string, flags: number): number {
  return checked("memfd_create", name, flags);
}

/** setns(2) to the network namespace of `fd`, for this thread: everything done there must be synchronous. */
export function enterNetwork(fd: number): void {
  checked("setns", fd, CLONE_NEWNET);
}

/** if_indextoname(3) in this thread's network namespace; null when there is no such device. */
export function interfaceName(index: number): string | null {
  return c.if_indextoname(index, pinned(IF_NAMESIZE));
}

/** inet_pton(3): 4 or 16 bytes, or null when the text is not an address of that family. */
export function parseAddress(family: number, text: string): Uint8Array | null {
  const binary = pinned(16);
  if (c.inet_pton(family, text, binary) !== 1) return null;
  return binary.subarray(0, family === AF_INET6 ? 16 : 4);
}

/** inet_ntop(3): the address as people write it. */
export function formatAddress(family: number, binary: Uint8Array): string {
  return c.inet_ntop(family, binary, pinned(64), 64);
}

/** A struct msghdr with one buffer for data and one for control messages, reused by every recvmsg(2). */
export class Message {
  readonly control: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly controlView: DataView;
  readonly #header = pinned(56);
  readonly #iov = pinned(16);
  readonly #view = new DataView(this.#header.buffer);

  constructor(dataLength: number, controlLength: number) {
    this.data = pinned(dataLength);
    this.control = pinned(controlLength);
    this.controlView = new DataView(this.control.buffer);
    const iov = new DataView(this.#iov.buffer);
    iov.setBigUint64(0, koffi.address(this.data), true);
    iov.setUint32(8, dataLength, true);
    this.#view.setBigUint64(16, koffi.address(this.#iov), true);
    this.#view.setUint32(24, 1, true);
    this.#view.setBigUint64(32, koffi.address(this.control), true);
  }

  /** recvmsg(2): bytes received or the negative errno. Never throws: this is the data path. */
  receive(fd: number, flags: number, room = this.control.length): number {
    this.#view.setUint32(40, room, true);
    this.#view.setUint32(48, 0, true);
    const result: number = c.recvmsg(fd, this.#header, flags);
    return result < 0 ? -koffi.errno() : result;
  }

  /** Bytes of control messages the last receive() wrote. */
  get controlLength(): number {
    return this.#view.getUint32(40, true);
  }

  /** msg_flags of the last receive(). */
  get flags(): number {
    return this.#view.getUint32(48, true);
  }
}

/** A set of descriptors waited for with poll(2), by position. */
export class PollSet {
  readonly #entries: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #count: number;

  constructor(fds: readonly number[]) {
    this.#count = fds.length;
    this.#entries = pinned(8 * fds.length);
    this.#view = new DataView(this.#entries.buffer);
    for (const [i, fd] of fds.entries()) {
      this.#view.setInt32(8 * i, fd, true);
      this.#view.setInt16(8 * i + 4, POLLIN, true);
    }
  }

  /** Waits until one is readable or ended; how many are, 0 after `ms` milliseconds or a signal. */
  wait(ms: number): number {
    const result: number = c.poll(this.#entries, this.#count, ms);
    if (result >= 0) return result;
    if (errnoName(koffi.errno()) === "EINTR") return 0;
    throw new SyscallError("poll", koffi.errno());
  }

  /** Whether the last wait() found the one at `index` readable, ended or failed. */
  ready(index: number): boolean {
    return this.#view.getInt16(8 * index + 6, true) !== 0;
  }

  /** Leaves the one at `index` out from now on. */
  drop(index: number): void {
    this.#view.setInt32(8 * index, -1, true);
    this.#view.setInt16(8 * index + 6, 0, true);
  }
}
