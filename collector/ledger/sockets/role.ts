// role - What makes a socket of one run that of another: its program, service port and devices. Pointers and pids never match.

import { portOf } from "../../events/endpoint.ts";
import type { Role } from "../state/let-go.ts";
import type { Socket } from "../state/socket-and-binding.ts";

/** The role of a socket, as far as its lines show it. */
export function roleOf({ comm, local, remote, shares }: Socket): Role {
  return { comm, port: servicePort(local, remote), device: devicesOf(shares) };
}

/** A role as one word. */
export function keyOf({ comm, port, device }: Role): string {
  return JSON.stringify([comm, port, device]);
}

/** A role in words. */
export function roleName({ comm, port, device }: Role): string {
  return `${comm || "?"} ${port ? `port ${port}` : "on any port"} on ${device || "?"}`;
}

function devicesOf(shares: Socket["shares"]): string {
  if (shares.length === 1) return shares[0]?.binding.ifname ?? "";
  return [...new Set(shares.map(({ binding }) => binding.ifname))].sort().join(",");
}

/** From here on ports are given out for one connection (ip_local_port_range, net.ipv4's default). */
const EPHEMERAL = 32768;

/** The port that stays the same from run to run: ours, or theirs where ours is ephemeral; 0 where both are (NCCL's ranks). */
function servicePort(local: string, remote: string): number {
  return [portOf(local), portOf(remote)].find((port) => port < EPHEMERAL) ?? 0;
}
