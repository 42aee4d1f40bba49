// namespaces - Every network namespace of this host, and things done in each of them.

import { closeSync, fstatSync, openSync, readdirSync } from "node:fs";
import { enterNetwork } from "./native.ts";

const OWN = "/proc/self/ns/net";
/** Where `ip netns add` keeps namespaces that may have no process in them. */
const NAMED = "/run/netns";

/**
 * A descriptor of each network namespace, by its number (the ns.inum of struct net). Opened first and identified then: the
 * process that the path belongs to may be in another one by now, such as another devmem-trace.
 */
function openNetworks(): Map<number, number> {
  const found = new Map<number, number>();
  for (const path of entrances()) {
    const fd = open(path);
    if (fd === null) continue;
    const number = fstatSync(fd).ino;
    if (found.has(number)) closeSync(fd);
    else found.set(number, fd);
  }
  return found;
}

/** Paths that lead to network namespaces, our own first; many lead to the same one. */
function entrances(): string[] {
  const pids = list("/proc").filter((name) => /^\d+$/.test(name));
  return [OWN, ...pids.map((pid) => `/proc/${pid}/ns/net`), ...list(NAMED).map((name) => `${NAMED}/${name}`)];
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function open(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch {
    return null; // The process ended meanwhile.
  }
}

/**
 * What `act` returns in each network namespace, this process's own first. `act` must be synchronous: the thread is in the
 * namespace for that long. Needs CAP_SYS_ADMIN.
 */
export function inEveryNetwork<T>(act: (netns: number) => T): T[] {
  const networks = openNetworks();
  const home = openSync(OWN, "r");
  try {
    return [...networks].map(([netns, fd]) => {
      enterNetwork(fd);
      return act(netns);
    });
  } finally {
    enterNetwork(home);
    for (const fd of [home, ...networks.values()]) closeSync(fd);
  }
}
