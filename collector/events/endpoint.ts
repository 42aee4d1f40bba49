// endpoint - Addresses and ports of a connection as text, and back.

import type { ProbeEvent } from "./event.ts";

/** Local and remote end of a socket, as its event names them. */
export function addresses(event: ProbeEvent<"socket" | "manual" | "close">): {
  local: string;
  remote: string;
} {
  return { local: endpoint(event.laddr, event.lport), remote: endpoint(event.raddr, event.rport) };
}

/** "192.0.2.1:5201" or "[2001:db8::1]:5201". */
export function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether both can be the same end of a connection: an IPv4 address may be in IPv6, and one that is not set is unknown. */
export function isSameEnd(a: string, b: string): boolean {
  const [one, other] = [bare(a), bare(b)];
  return one === other || (portOf(a) === portOf(b) && (isUnset(one) || isUnset(other)));
}

function bare(endpoint: string): string {
  return endpoint.replace(/^\[::ffff:(\d+(?:\.\d+){3})\]/, "$1");
}

function isUnset(endpoint: string): boolean {
  return endpoint.startsWith("0.0.0.0:") || endpoint.startsWith("[::]:");
}

/** The port of an endpoint; 0 where there is none. */
export function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}

/** Its address family, 4 or 6; 0 of an empty text. */
export function familyOf(endpoint: string): number {
  if (endpoint === "") return 0;
  return endpoint.startsWith("[") ? 6 : 4;
}
