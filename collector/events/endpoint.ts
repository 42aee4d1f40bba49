// endpoint - The two ends of a connection as text.

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
