// listen - Listens for the sender's connections, with sockets that Node does not manage.
import fs from "node:fs";
import os from "node:os";
import { setImmediate as turn } from "node:timers/promises";
import * as native from "../../../collector/kernel/native.ts";
import { Failure } from "../failure.ts";

const AF = { "4": 2, "6": 10 } as const;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const POLL_MS = 50;

export type Family = keyof typeof AF;

export type Accepted = { fd: number; local: string; remote: string };

/** The first address of the family on the device, except link-local ones. */
export function addressOf(ifname: string, family: Family): string {
  const all = os.networkInterfaces()[ifname] ?? [];
  const found = all.find((one) => one.family === `IPv${family}` && !one.address.startsWith("fe80:"));
  if (found) return found.address;
  throw new Failure(
    `${ifname} has no IPv${family} address; add one (ip address add) or name one with --address`,
  );
}

/** "192.0.2.1:5201" or "[2001:db8::1]:5201". */
export function endpoint(family: Family, address: string, port: number): string {
  return family === "6" ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A listening socket, non-blocking. */
export function listen(family: Family, address: string, port: number, backlog: number): number {
  const fd = native.socket(AF[family], SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  native.setIntOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  try {
    native.bind(fd, sockaddr(family, address, port));
    native.listen(fd, backlog);
  } catch (error) {
    throw new Failure(`cannot listen on ${endpoint(family, address, port)} (${(error as Error).message})`);
  }
  return fd;
}

/** Accepts `count` connections, in the order they arrive, and closes the listening socket. */
export async function acceptAll(
  listener: number,
  family: Family,
  local: string,
  count: number,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  const waiting = new native.PollSet([listener]);
  while (accepted.length < count) {
    if (waiting.wait(POLL_MS) > 0) accepted.push(acceptOne(listener, family, local));
    await turn(); // lets a timer or a failing sender end the wait
  }
  fs.closeSync(listener);
  return accepted;
}

function acceptOne(listener: number, family: Family, local: string): Accepted {
  const { fd, address } = native.accept(listener, SOCK_NONBLOCK | SOCK_CLOEXEC);
  const host = native.formatAddress(
    AF[family],
    family === "6" ? address.subarray(8, 24) : address.subarray(4, 8),
  );
  return { fd, local, remote: endpoint(family, host, new DataView(address.buffer).getUint16(2)) };
}

/** struct sockaddr_in or sockaddr_in6. */
export function sockaddr(family: Family, address: string, port: number): Uint8Array {
  const host = native.parseAddress(AF[family], address);
  if (host === null) throw new Failure(`${address} is not an IPv${family} address`);
  const bytes = native.pinned(family === "6" ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF[family], true);
  view.setUint16(2, port);
  bytes.set(host, family === "6" ? 8 : 4);
  return bytes;
}
