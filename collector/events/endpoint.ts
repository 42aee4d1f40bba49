// endpoint - Both ends of a connection as text.

import type { ProbeEvent } from "./event.ts";

/** Both ends of a socket as its line has them. */
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
